import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { correctSecrets } from "./correct-secrets.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({ env, repairs: repairStore(env.TENANTS_TABLE), parameters: parameters() }),
  run: correctSecrets,
});
