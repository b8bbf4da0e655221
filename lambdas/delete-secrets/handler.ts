import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteSecrets } from "./delete-secrets.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({ tenants: tenantStore(env.TENANTS_TABLE), parameters: parameters() }),
  run: deleteSecrets,
});
