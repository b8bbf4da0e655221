import { auditLog } from "../common/audit-log.ts";
import { systemClock } from "../common/clock.ts";
import { edge } from "../common/edge.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { zoneLookup } from "../common/zone-lookup.ts";
import { environment } from "./environment.ts";
import { proveInput, proveOutput, proveRepair } from "./prove-repair.ts";

export const handler = taskHandler({
  name: "prove-repair",
  env: environment,
  input: proveInput,
  output: proveOutput,
  connect: (env) => ({
    ...{ env, tenants: tenantStore(env.TENANTS_TABLE), audit: auditLog(env.AUDIT_TABLE), clock: systemClock },
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
  }),
  run: proveRepair,
});
