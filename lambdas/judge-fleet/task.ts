import * as z from "zod";
import { survey } from "../../core/fleet/survey.ts";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { healthStates } from "../../core/tenant/tenant.ts";

const count = z.int().nonnegative();

export const task = defineTask({
  name: "judge-fleet",
  step: "Judge Fleet",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    OUTAGE_SHARE: true,
    OUTAGE_MINIMUM: true,
    REPAIRS_AT_ONCE: true,
  }),
  input: z.object({ surveys: z.array(survey).min(1) }),
  output: z.object({
    /** slugs whose repair begins now */
    ordered: z.array(z.string()),
    /** down, and not repaired yet: in their cooldown, over what may be repaired at once, or held */
    waiting: count,
    /** the outage guard: no more repairs are under way than it lets through */
    held: z
      .object({
        bad: count,
        judged: count,
        share: z.number().min(0).max(1),
        looksLike: z.string(),
        lets: z.object({ repairs: count, why: z.string() }),
      })
      .optional(),
    /** so much is unknown that an outage would not be seen: why, as far as the sweep was told */
    blind: z.object({ unknown: count, judged: count, why: z.string() }).optional(),
    counts: z.record(z.enum(healthStates), count),
    repairing: count,
    degraded: count,
    /** ids of machines that no row names: ended by nobody but a person */
    strays: z.array(z.string()),
  }),
});
