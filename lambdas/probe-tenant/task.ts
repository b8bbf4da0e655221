import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "probe-tenant",
  step: "Probe Tenant",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    HEALTH_PATH: true,
    FIRST_ANSWER_SECONDS: true,
    EDGE_URL: true,
  }),
  input: tenantInput.extend({ since: z.iso.datetime() }),
  output: z.object({ elapsedMs: z.number() }),
});
