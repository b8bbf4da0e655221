import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { markFailed } from "./mark-failed.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({ tenants: tenantStore(env.TENANTS_TABLE) }),
  run: markFailed,
});
