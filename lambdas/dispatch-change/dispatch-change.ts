// Starts the workflow that a change of the Tenants table asks for, and lets those begin whose turn a change has made it. The
// stream delivers at least once and in order per tenant; deterministic execution names make the first harmless, and stopping
// at a failure keeps the second.
import type { Logger } from "@aws-lambda-powertools/logger";
import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type * as z from "zod";
import type { Executions } from "../../core/aws/executions.ts";
import type { Admit } from "../../core/queue/admitter.ts";
import { arnOfWorkflow, type WorkflowStart } from "../../core/workflow/workflows.ts";
import type { task } from "./task.ts";
import { type Asked, askedBy } from "./workflow-for-change.ts";

export interface DispatchDeps {
  env: Pick<z.output<typeof task.environment>, "WORKFLOW_ARN_PREFIX">;
  executions: Pick<Executions, "start">;
  admit: Admit;
  logger: Pick<Logger, "info" | "error">;
}

/** Lambda repeats the batch from the reported record on, so whatever comes after it waits for its turn. */
export const dispatchChanges = async (
  records: DynamoDBRecord[],
  deps: DispatchDeps,
): Promise<DynamoDBBatchResponse> => {
  const asked: Asked[] = [];
  let failed: DynamoDBRecord | undefined;
  for (const record of records) {
    try {
      asked.push(await dispatch(record, deps));
    } catch (error) {
      report(record, error, deps);
      failed = record;
      break;
    }
  }
  try {
    await letBegin(asked, deps);
  } catch (error) {
    // All of them once more: what was begun already is begun by the same name.
    failed = records[0];
    report(failed, error, deps);
  }
  return {
    batchItemFailures: failed ? [{ itemIdentifier: failed.dynamodb?.SequenceNumber ?? "" }] : [],
  };
};

const report = (record: DynamoDBRecord | undefined, error: unknown, { logger }: DispatchDeps): void => {
  const slug = record?.dynamodb?.Keys?.slug?.S;
  logger.error(`a change of tenant ${slug} started nothing`, { error, slug, change: record?.eventName });
};

const dispatch = async (record: DynamoDBRecord, deps: DispatchDeps): Promise<Asked> => {
  const asked = askedBy(record);
  if (asked.start) await start(asked.start, deps);
  return asked;
};

const start = async (
  { workflow, name, input }: WorkflowStart,
  { env, executions, logger }: DispatchDeps,
): Promise<void> => {
  await executions.start(arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, workflow), name, input);
  logger.info("started", { workflow, execution: name });
};

/** Once a batch for each queue that it concerns, however many of its changes do. */
const letBegin = async (asked: Asked[], { admit, logger }: DispatchDeps): Promise<void> => {
  for (const queue of new Set(asked.flatMap(({ queues }) => queues))) {
    const arrived = asked.flatMap((one) => (one.arrived?.queue === queue ? [one.arrived] : []));
    const slugs = await admit(queue, arrived);
    if (slugs.length > 0) logger.info("let begin", { workflow: queue, slugs });
  }
};
