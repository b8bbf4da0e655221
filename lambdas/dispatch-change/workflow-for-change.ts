// What a change of a tenant's row asks for: a workflow to begin, as core/workflow/workflows.ts says of them, or for a row that
// somebody removed by hand; and a look at a queue that it joined, or of which it has left a slot free.
import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import { parseInput } from "../../core/parse.ts";
import type { Waiter } from "../../core/queue/queue-order.ts";
import { NOBODY } from "../../core/queue/queue-table.ts";
import { isQueued, type QueuedWorkflowName, queuedWorkflowNames } from "../../core/tenant/queue.ts";
import { tenantStatus } from "../../core/tenant/status.ts";
import {
  startForRemovedRow,
  startOf,
  type TenantWorkflowName,
  tenantWorkflows,
  type WorkflowStart,
  workflowOf,
} from "../../core/workflow/workflows.ts";

/** The few attributes that decide, in the stream's own notation. */
const image = z
  .object({
    slug: z.object({ S: z.string() }),
    generation: z.object({ S: z.ulid() }),
    status: z.object({ S: tenantStatus }),
    deletions: z.object({ N: z.string().transform(Number) }),
    repair: z.object({ M: z.object({ attempt: z.object({ N: z.string().transform(Number) }) }) }).optional(),
    queue: z.object({ S: z.enum(queuedWorkflowNames) }).optional(),
    queuedAt: z.object({ S: z.string() }).optional(),
    requestedBy: z.object({ S: z.string() }).optional(),
  })
  .transform((row) => ({
    slug: row.slug.S,
    generation: row.generation.S,
    status: row.status.S,
    deletions: row.deletions.N,
    repairs: row.repair?.M.attempt.N ?? 0,
    queue: row.queue?.S,
    queuedAt: row.queuedAt?.S ?? "",
    requestedBy: row.requestedBy?.S ?? NOBODY,
  }));
type Image = z.output<typeof image>;

export interface Asked {
  start?: WorkflowStart | undefined;
  /** where somebody may be let begin now */
  queues: QueuedWorkflowName[];
  /** who waits since this change */
  arrived?: (Waiter & { queue: QueuedWorkflowName }) | undefined;
}

/** Throws InvalidInputError when a row lacks what every row has. */
export const askedBy = ({ eventName, dynamodb }: DynamoDBRecord): Asked => {
  const before = dynamodb?.OldImage && parseInput(image, dynamodb.OldImage, "row before the change");
  const after = dynamodb?.NewImage && parseInput(image, dynamodb.NewImage, "row after the change");
  const joined = after?.queue && after.queue !== before?.queue ? after.queue : undefined;
  return {
    start: startFor(eventName, before, after),
    queues: [leftBy(before, after), joined].filter(isQueued),
    ...(after && joined && { arrived: { ...after, queue: joined } }),
  };
};

/** The workflow that was at work on the row, and is no more. */
const leftBy = (before: Image | undefined, after: Image | undefined): TenantWorkflowName | undefined =>
  before && before.status !== after?.status ? workflowOf(before.status) : undefined;

const startFor = (
  eventName: DynamoDBRecord["eventName"],
  before: Image | undefined,
  after: Image | undefined,
): WorkflowStart | undefined => {
  // A row that leaves while "deleting" is the workflow's own doing.
  if (eventName === "REMOVE")
    return before && before.status !== "deleting" ? startForRemovedRow(before) : undefined;
  // A stream that does not tell all of a change says nothing about who asked for what.
  if (!after || after.queue || (eventName === "MODIFY" && !before)) return undefined;
  const workflow = workflowOf(after.status);
  if (!workflow) return undefined;
  const isLetBegin = before?.queue === workflow && before.status === after.status;
  const isOrdered = before?.status !== after.status && eventName === tenantWorkflows[workflow].event;
  return isLetBegin || isOrdered ? startOf(workflow, after) : undefined;
};
