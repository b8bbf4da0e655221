// Which workflow a change of a tenant's row asks for, if any: what is said of them in core/workflow/workflows.ts, and the
// removal of a row by hand. A workflow's own writes ask for nothing.
import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import { parseInput } from "../../core/parse.ts";
import { tenantStatus } from "../../core/tenant/status.ts";
import {
  startForRemovedRow,
  startOf,
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
  })
  .transform((row) => ({
    slug: row.slug.S,
    generation: row.generation.S,
    status: row.status.S,
    deletions: row.deletions.N,
    repairs: row.repair?.M.attempt.N ?? 0,
  }));

/** Throws InvalidInputError when a row lacks what every row has. */
export const workflowForChange = ({ eventName, dynamodb }: DynamoDBRecord): WorkflowStart | undefined => {
  const before = dynamodb?.OldImage && parseInput(image, dynamodb.OldImage, "row before the change");
  const after = dynamodb?.NewImage && parseInput(image, dynamodb.NewImage, "row after the change");
  // A row that leaves while "deleting" is the workflow's own doing.
  if (eventName === "REMOVE")
    return before && before.status !== "deleting" ? startForRemovedRow(before) : undefined;
  // A stream that does not tell all of a change says nothing about who asked for what.
  if (!after || (eventName === "MODIFY" && !before)) return undefined;
  const workflow = after.status === before?.status ? undefined : workflowOf(after.status);
  return workflow && tenantWorkflows[workflow].event === eventName ? startOf(workflow, after) : undefined;
};
