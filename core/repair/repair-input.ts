// What the tasks of a repair are given, and what those answer that act on the tenant's machine as it is.
import * as z from "zod";
import { tenantInput } from "../handler/task.ts";

/** @param attempt how many repairs of this incarnation were begun, this one included */
export const repairInput = tenantInput.extend({ attempt: z.int().positive() });

export const rungInput = repairInput.extend({ instanceId: z.string().min(1) });

/** Ids of the instances that a replacement takes away. */
export const replaces = z.array(z.string().min(1));

/** skipped: there was nothing that this rung could act on; deferred: what was done shows only after a later rung */
const taskOutcomes = ["done", "skipped", "deferred"] as const;
export const rungOutcomes = [...taskOutcomes, "failed"] as const;
export type RungOutcome = (typeof rungOutcomes)[number];

export const rungOutput = z.object({
  outcome: z.enum(taskOutcomes),
  detail: z.string(),
});
export type RungOutput = z.infer<typeof rungOutput>;
