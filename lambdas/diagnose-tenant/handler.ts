import { systemClock } from "../common/clock.ts";
import { edge } from "../common/edge.ts";
import { instances } from "../common/instances.ts";
import { repairInput } from "../common/repair-input.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { zoneLookup } from "../common/zone-lookup.ts";
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
