import { instances } from "../../core/aws/instances.ts";
import { systemClock } from "../../core/clock.ts";
import { edge } from "../../core/edge/edge.ts";
import { zoneLookup } from "../../core/edge/zone-lookup.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairInput } from "../../core/repair/repair-input.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { diagnoseTenant, diagnosis } from "./diagnose-tenant.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "diagnose-tenant",
  env: environment,
  input: repairInput,
  output: diagnosis,
  connect: (env) => ({
    ...{ env, tenants: tenantStore(env.TENANTS_TABLE), instances: instances(), clock: systemClock },
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
  }),
  run: diagnoseTenant,
});
