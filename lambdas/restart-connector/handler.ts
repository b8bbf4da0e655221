import { taskHandler } from "../../core/handler/task-handler.ts";
import { restartTask } from "../../core/repair/restart-unit.ts";
import { environment } from "./environment.ts";
import { restartConnector } from "./restart-connector.ts";

export const handler = taskHandler({
  ...restartTask,
  name: "restart-connector",
  env: environment,
  run: restartConnector,
});
