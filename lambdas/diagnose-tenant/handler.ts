import { instances } from "../../core/aws/instances.ts";
import { systemClock } from "../../core/clock.ts";
import { edge } from "../../core/edge/edge.ts";
import { zoneLookup } from "../../core/edge/zone-lookup.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { diagnoseTenant } from "./diagnose-tenant.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    instances: instances(),
    clock: systemClock,
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
  }),
  run: diagnoseTenant,
});
