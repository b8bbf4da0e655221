// Lets those begin whose turn it is, as many as may be under way at once (docs/adr/0031-a-queue-of-rows.md). Whatever was cut off
// between two of its lines is made good by its next call.
import { AwsTransientError } from "../errors.ts";
import { type Incarnation, incarnationKey } from "../tenant/names.ts";
import type { QueuedWorkflowName } from "../tenant/queue.ts";
import { tenantWorkflows } from "../workflow/workflows.ts";
import { type Holder, inTurn, type Waiter } from "./queue-order.ts";
import type { QueueTable, Standing } from "./queue-table.ts";
import type { SlotStore } from "./slots.ts";

export interface AdmitDeps {
  queue: QueueTable;
  slots: SlotStore;
  /** how many of each may be under way at once */
  limits: Readonly<Record<QueuedWorkflowName, number>>;
}

/** Another may let others begin at the same time, and the index may name some who wait no more. */
const TRIES = 10;

/**
 * @param arrived those who have just come, whom the index may not show yet
 * @returns the slugs of those whose workflow begins now
 */
export const admit = async (
  workflow: QueuedWorkflowName,
  arrived: readonly Waiter[],
  deps: AdmitDeps,
): Promise<string[]> => {
  const refused = new Set<string>();
  const admitted: string[] = [];
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const shown = await deps.queue.waiting(workflow);
    const queued = distinct([...shown, ...arrived]).filter((one) => !refused.has(incarnationKey(one)));
    if (queued.length === 0) return admitted;
    const chosen = await choose(workflow, queued, deps);
    if (!chosen) continue;
    const before = refused.size;
    for (const one of chosen) {
      if (await deps.queue.letBegin(one, workflow)) admitted.push(one.slug);
      // It may have been removed meanwhile: its place is somebody else's.
      else refused.add(incarnationKey(one));
    }
    if (refused.size === before) return admitted;
  }
  throw new AwsTransientError(
    `Who waits for ${workflow} changed ${TRIES} times while the next were let begin.`,
  );
};

/** Gives them their slots first: a row that begins without one would be one too many. @returns undefined: try again */
const choose = async (
  workflow: QueuedWorkflowName,
  queued: Waiter[],
  { queue, slots, limits }: AdmitDeps,
): Promise<Incarnation[] | undefined> => {
  const { holders, version } = await slots.read(workflow);
  const rows = new Map(
    (await queue.standings(holders.map(({ slug }) => slug))).map((row) => [row.slug, row]),
  );
  const kept = holders.filter((one) => holds(one, rows.get(one.slug), workflow));
  const held = new Set(kept.map(incarnationKey));
  const free = Math.max(0, limits[workflow] - kept.length);
  const next = inTurn(
    queued.filter((one) => !held.has(incarnationKey(one))),
    kept,
  ).slice(0, free);
  const isChanged = next.length > 0 || kept.length < holders.length;
  if (isChanged && !(await slots.write(workflow, [...kept, ...next], version))) return undefined;
  // Whoever was given a slot, and was cut off before its row knew.
  const cutOff = kept.filter((one) => rows.get(one.slug)?.queue === workflow);
  return [...cutOff, ...next];
};

/** A removal that waits for a cloud calls nobody meanwhile: others go on in its place. */
const holds = (holder: Holder, row: Standing | undefined, workflow: QueuedWorkflowName): boolean =>
  row?.generation === holder.generation &&
  row.status === tenantWorkflows[workflow].status &&
  !(workflow === "deprovision-tenant" && row.waiting);

const distinct = (waiters: Waiter[]): Waiter[] => [
  ...new Map(waiters.map((one) => [incarnationKey(one), one])).values(),
];
