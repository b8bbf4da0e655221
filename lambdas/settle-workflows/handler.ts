import * as z from "zod";
import { systemClock } from "../common/clock.ts";
import { executions } from "../common/executions.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { environment } from "./environment.ts";
import { settleWorkflows } from "./settle-workflows.ts";

export const handler = taskHandler({
  name: "settle-workflows",
  env: environment,
  input: tenantInput.extend({ repairs: z.int().nonnegative().optional() }),
  output: z.object({ settled: z.literal(true) }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
  }),
  run: settleWorkflows,
});
