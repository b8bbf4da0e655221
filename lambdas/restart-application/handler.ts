import { taskHandler } from "../../core/handler/task-handler.ts";
import { restartTask } from "../../core/repair/restart-unit.ts";
import { restartApplication } from "./restart-application.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  ...restartTask,
  run: restartApplication,
});
