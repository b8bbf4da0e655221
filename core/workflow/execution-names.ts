// Names of executions: unique for 90 days per workflow, so a change that the stream delivers twice starts one.
// Step Functions allows 80 characters; these need at most 78 with a slug of 40 and a ULID of 26 (tested).
import type { Incarnation } from "../tenant/names.ts";

export const provisionName = ({ slug, generation }: Incarnation): string => `${slug}-${generation}`;

/** @param deletions how often a removal of this incarnation was asked for */
export const deletionName = (of: Incarnation, deletions: number): string =>
  `${provisionName(of)}-delete-${deletions}`;

/** @param attempt how many repairs of this incarnation were begun */
export const repairName = (of: Incarnation, attempt: number): string =>
  `${provisionName(of)}-repair-${attempt}`;

/** For a row that someone removed by hand. */
export const removalName = (of: Incarnation): string => `${provisionName(of)}-removed`;
