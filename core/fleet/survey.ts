// What one sweep found out about one page of the fleet: written by survey-fleet, read by judge-fleet and resume-work.
// Only those that need something are named, so that a survey of any fleet fits into a workflow's state.
import * as z from "zod";
import { queuedWorkflowNames } from "../tenant/queue.ts";
import { healthCauses, healthStates } from "../tenant/tenant.ts";
import { statusesAtWork } from "../workflow/workflows.ts";

/** How many a survey names; whoever comes later is named by a later sweep. */
export const MOST_DOWN = 50;
export const MOST_UNFINISHED = 200;
export const MOST_STRAYS = 20;

/** In milliseconds: how long a repair's end tells something about the next one's. */
export const RECENT = 30 * 60_000;

const count = z.int().nonnegative();

/** A tenant that a repair may help; every one was seen down in this very sweep. */
const downTenant = z.object({
  slug: z.string().min(1),
  generation: z.ulid(),
  status: z.enum(["ready", "degraded"]),
  cause: z.enum(healthCauses),
  /** in words */
  reason: z.string(),
  /** when it was first seen in this state */
  since: z.iso.datetime(),
  /** of its last repair; 0 for none yet */
  attempt: count,
  /** repairs in a row that failed */
  failures: count,
  /** no repair begins sooner */
  notBefore: z.iso.datetime().optional(),
});
export type DownTenant = z.infer<typeof downTenant>;

/** A row whose workflow should be at work, or should have ended. */
export const unfinished = z.object({
  slug: z.string().min(1),
  generation: z.ulid(),
  status: z.enum(statusesAtWork),
  updatedAt: z.iso.datetime(),
  deletions: count,
  /** of the repair under way or the last one; 0 for none yet */
  attempt: count,
  /** how often that repair was started anew */
  resumed: count,
  /** what it waits for to begin: of those that wait, a survey names the first */
  queue: z.enum(queuedWorkflowNames).optional(),
});
export type Unfinished = z.infer<typeof unfinished>;

export const survey = z.object({
  page: count,
  pages: z.int().positive(),
  at: z.iso.datetime(),
  /** of the rows that are ready or degraded */
  counts: z.record(z.enum(healthStates), count),
  /** rows ready or degraded: the whole that a share is of */
  judged: count,
  /** rows that a repair gave up */
  degraded: count,
  repairing: count,
  /** rows whose workflow waits for its turn */
  queued: count,
  /** rows of which something is left, for a removal, or the clean-up of a provision, failed */
  left: count,
  /** every tenant that this sweep found not served, the first time or not */
  bad: z.object({
    total: count,
    byCause: z.partialRecord(z.enum(healthCauses), count),
    byZone: z.record(z.string(), count),
    /** when the last of them was first seen in its state */
    newest: z.iso.datetime().optional(),
  }),
  /** tenants with a repair that began within RECENT and has ended: healthy now, or not though it failed */
  recent: z.object({ proved: count, failed: count }),
  /** those down the longest first */
  down: z.array(downTenant).max(MOST_DOWN),
  unfinished: z.array(unfinished).max(MOST_UNFINISHED),
  /** since the tenant that is not healthy for the longest time was; 0 when all are */
  oldestUnhealthySeconds: z.number().nonnegative(),
  /** of all tunnels together */
  connections: count,
  cloudflare: z.object({
    calls: count,
    /** what is left of the account's calls, 0 to 1 */
    quotaLeft: z.number().min(0).max(1).optional(),
    /** why the tunnels are not known, or not all of them */
    trouble: z.string().optional(),
  }),
  aws: z.object({ trouble: z.string().optional() }),
  /** ids of machines with our tags that belong to no row */
  strays: z.array(z.string()).max(MOST_STRAYS),
});
export type Survey = z.infer<typeof survey>;
