import * as z from "zod";
import { systemClock } from "../../core/clock.ts";
import { executions } from "../../core/aws/executions.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { settleWorkflows } from "./await-running-workflows.ts";

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
