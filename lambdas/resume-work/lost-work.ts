// What a row that is under way says about its execution: which one it is, and how long it may take.
import type { Unfinished } from "../../core/fleet/survey.ts";
import {
  deletionStart,
  provisionStart,
  repairStart,
  type WorkflowStart,
} from "../../core/workflow/workflow-starts.ts";

/** In milliseconds. */
const HOUR = 3_600_000;

/** The workflows' own limits: Step Functions ends what takes longer, and nobody writes that into the row. */
export const timeLimits = { provisioning: 8 * HOUR, repairing: 8 * HOUR, deleting: 4 * HOUR } as const;

/** The execution that the row's own counters name. */
export const workOf = ({ status, attempt, deletions, ...row }: Unfinished): WorkflowStart => {
  const of = { slug: row.slug, generation: row.generation };
  if (status === "provisioning") return provisionStart(of);
  return status === "repairing" ? repairStart(of, attempt) : deletionStart(of, deletions, attempt);
};
