import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { grantSecrets } from "./grant-secrets.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    parameters: parameters(),
  }),
  run: grantSecrets,
});
