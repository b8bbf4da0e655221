import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput } from "../../core/repair/repair-input.ts";
import { caughtError } from "../../core/tenant/failure.ts";

export const task = defineTask({
  name: "finish-repair",
  step: "Finish Repair",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    COOLDOWN_SECONDS: true,
  }),
  input: repairInput.extend({
    /** not-needed: the tenant was served when it was looked at; unknown: nothing could be found out */
    outcome: z.enum(["repaired", "not-needed", "unknown", "failed"]),
    failure: caughtError.optional(),
    lastWords: z.array(z.string()).optional(),
  }),
  output: z.object({
    status: z.enum(["ready", "degraded"]),
    reason: z.string().optional(),
    advice: z.string().optional(),
  }),
});
