import * as z from "zod";
import { systemClock } from "../common/clock.ts";
import { executions } from "../common/executions.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { environment } from "./environment.ts";
import { settleProvision } from "./settle-provision.ts";

export const handler = taskHandler({
  name: "settle-provision",
  env: environment,
  input: tenantInput,
  output: z.object({ settled: z.literal(true) }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
  }),
  run: settleProvision,
});
