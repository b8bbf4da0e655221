import { auditLog } from "../../core/audit/audit-log.ts";
import { machineConsole } from "../../core/aws/console.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { readConsole } from "./read-console.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    tenants: tenantStore(env.TENANTS_TABLE),
    console: machineConsole(),
    audit: auditLog(env.AUDIT_TABLE),
    clock: systemClock,
  }),
  run: readConsole,
});
