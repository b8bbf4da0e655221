import { taskHandler } from "../../core/handler/task-handler.ts";
import { restartTask } from "../../core/repair/restart-unit.ts";
import { restartConnector } from "./restart-connector.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  ...restartTask,
  run: restartConnector,
});
