import { instances } from "../../core/aws/instances.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteInstance } from "./delete-instance.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({ env, tenants: tenantStore(env.TENANTS_TABLE), instances: instances() }),
  run: deleteInstance,
});
