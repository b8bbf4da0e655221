import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "await-running-workflows",
  step: "Await Running Workflows",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    WORKFLOW_ARN_PREFIX: true,
  }),
  input: tenantInput.extend({
    /** how many were begun; only the last can still run */
    repairs: z.int().nonnegative().optional(),
  }),
  output: z.object({ ended: z.literal(true) }),
});
