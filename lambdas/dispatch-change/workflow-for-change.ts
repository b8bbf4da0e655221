// Which workflow a change of a tenant's row asks for, if any: a new row is provisioned, one whose repair was ordered is
// repaired, one whose removal was asked for is deprovisioned, and so is one that somebody removed by hand. A workflow's
// own writes ask for nothing.
import type { DynamoDBRecord } from "aws-lambda";
import * as z from "zod";
import { parseInput } from "../../core/handler/parse.ts";
import { tenantStatus } from "../../core/tenant/tenant.ts";
import {
  deletionStart,
  provisionStart,
  removalStart,
  repairStart,
  type WorkflowStart,
} from "../../core/workflow/workflow-starts.ts";

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
    of: { slug: row.slug.S, generation: row.generation.S },
    status: row.status.S,
    deletions: row.deletions.N,
    repairs: row.repair?.M.attempt.N ?? 0,
  }));

type Image = z.output<typeof image>;

/** Throws InvalidInputError when a row lacks what every row has. */
export const wantedWorkflow = ({ eventName, dynamodb }: DynamoDBRecord): WorkflowStart | undefined => {
  const before = dynamodb?.OldImage && parseInput(image, dynamodb.OldImage, "row before the change");
  const after = dynamodb?.NewImage && parseInput(image, dynamodb.NewImage, "row after the change");
  if (eventName === "INSERT" && after) return forNew(after);
  if (eventName === "MODIFY" && before && after) return forChanged(before, after);
  if (eventName === "REMOVE" && before) return forRemoved(before);
  return undefined;
};

const forNew = ({ of, status }: Image): WorkflowStart | undefined =>
  status === "provisioning" ? provisionStart(of) : undefined;

const forChanged = (before: Image, { of, status, deletions, repairs }: Image): WorkflowStart | undefined => {
  if (status === before.status) return undefined;
  if (status === "repairing") return repairStart(of, repairs);
  return status === "deleting" ? deletionStart(of, deletions, repairs) : undefined;
};

/** A row that leaves while "deleting" is the workflow's own doing. */
const forRemoved = ({ of, status, repairs }: Image): WorkflowStart | undefined =>
  status === "deleting" ? undefined : removalStart(of, repairs);
