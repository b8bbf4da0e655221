import { runCommand } from "../../core/aws/run-command.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { restartUnit } from "./restart-unit.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    repairs: repairStore(env.TENANTS_TABLE),
    commands: runCommand(env.RESTART_DOCUMENT),
  }),
  run: restartUnit,
});
