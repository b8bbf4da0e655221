import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { caughtError } from "../../core/tenant/failure.ts";

export const task = defineTask({
  name: "mark-failed",
  step: "Mark Failed",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
  }),
  input: tenantInput.extend({
    /** what the row says while the workflow is at work */
    status: z.enum(["provisioning", "deleting"]),
    failure: caughtError,
    /** the error's name, of a provision whose clean-up failed too; empty when it left nothing */
    cleanUpError: z.string().optional(),
    lastWords: z.array(z.string()).optional(),
  }),
  output: z.object({
    /** false when the row had moved on, or the removal is to be begun again */
    marked: z.boolean(),
  }),
});
