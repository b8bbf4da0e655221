import * as z from "zod";
import { executions } from "../../core/aws/executions.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { awaitRunningWorkflows } from "./await-running-workflows.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "await-running-workflows",
  env: environment,
  input: tenantInput.extend({ repairs: z.int().nonnegative().optional() }),
  output: z.object({ ended: z.literal(true) }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
  }),
  run: awaitRunningWorkflows,
});
