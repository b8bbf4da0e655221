import { auditLog } from "../../core/audit/audit-log.ts";
import { systemClock } from "../../core/clock.ts";
import { edge } from "../../core/edge/edge.ts";
import { zoneLookup } from "../../core/edge/zone-lookup.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";
import { verifyRepair } from "./verify-repair.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    audit: auditLog(env.AUDIT_TABLE),
    clock: systemClock,
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
  }),
  run: verifyRepair,
});
