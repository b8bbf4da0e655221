import { taskHandler } from "../../core/handler/task-handler.ts";
import { restartTask } from "../../core/repair/restart-unit.ts";
import { environment } from "./environment.ts";
import { restartApplication } from "./restart-application.ts";

export const handler = taskHandler({
  ...restartTask,
  name: "restart-application",
  env: environment,
  run: restartApplication,
});
