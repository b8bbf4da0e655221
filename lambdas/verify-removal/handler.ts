import { auditLog } from "../../core/audit/audit-log.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { clouds } from "./clouds.ts";
import { task } from "./task.ts";
import { verifyRemoval } from "./verify-removal.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics) => ({
    ...clouds(env, metrics),
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    audit: auditLog(env.AUDIT_TABLE),
    clock: systemClock,
  }),
  run: verifyRemoval,
});
