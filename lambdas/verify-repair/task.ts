import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, rungOutcomes } from "../../core/repair/repair-input.ts";
import { rungs } from "../../core/repair/rungs.ts";
import { caughtError } from "../../core/tenant/failure.ts";

export const task = defineTask({
  name: "verify-repair",
  step: "Verify Repair",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    AUDIT_TABLE: true,
    BASE_DOMAIN: true,
    HEALTH_PATH: true,
    FIRST_ANSWER_SECONDS: true,
    EDGE_URL: true,
  }),
  input: repairInput.extend({
    /** the name of the execution, so that each repair has entries of its own */
    execution: z.string().min(1),
    /** when the rung was done */
    since: z.iso.datetime(),
    rung: z.enum(rungs),
    /** what the ladder was chosen for */
    finding: z.string(),
    /** how often the tenant was diagnosed: a rung may come again */
    looks: z.int().positive(),
    outcome: z.enum(rungOutcomes),
    /** what the rung's task said */
    detail: z.string().optional(),
    /** why the rung's task failed */
    failure: caughtError.optional(),
    snapshotId: z.string().optional(),
  }),
  output: z.object({
    healthy: z.boolean(),
    /** what the last probe found, in words */
    evidence: z.string(),
    /** the rung and what came of it, in one line for the failure of a repair that no rung could mend */
    summary: z.string(),
    /** false when no request told anything, such as with an edge that cannot be reached: no reason to climb on */
    known: z.boolean(),
    /** something else keeps visitors out by now, on the way to the machine: no further rung of this ladder helps */
    elsewhere: z.boolean(),
  }),
});
