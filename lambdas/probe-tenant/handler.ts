import * as z from "zod";
import { systemClock } from "../../core/clock.ts";
import { edge } from "../../core/edge/edge.ts";
import { zoneLookup } from "../../core/edge/zone-lookup.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { probeTenant } from "./probe-tenant.ts";

export const handler = taskHandler({
  name: "probe-tenant",
  env: environment,
  input: tenantInput,
  output: z.object({ elapsedMs: z.number() }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    edge: edge({ edgeUrl: env.EDGE_URL, lookup: zoneLookup(env.BASE_DOMAIN) }),
    clock: systemClock,
  }),
  run: probeTenant,
});
