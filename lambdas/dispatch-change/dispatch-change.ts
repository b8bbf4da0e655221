// Starts the workflow that a change of the Tenants table asks for. The stream delivers at least once and in order per
// tenant; deterministic execution names make the first harmless, and stopping at a failure keeps the second.
import type { Logger } from "@aws-lambda-powertools/logger";
import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type * as z from "zod";
import type { Executions } from "../../core/aws/executions.ts";
import { arnOfWorkflow } from "../../core/workflow/workflows.ts";
import type { task } from "./task.ts";
import { workflowForChange } from "./workflow-for-change.ts";

export interface DispatchDeps {
  env: Pick<z.output<typeof task.environment>, "WORKFLOW_ARN_PREFIX">;
  executions: Pick<Executions, "start">;
  logger: Pick<Logger, "info" | "error">;
}

/** Lambda repeats the batch from the reported record on, so whatever comes after it waits for its turn. */
export const dispatchChanges = async (
  records: DynamoDBRecord[],
  deps: DispatchDeps,
): Promise<DynamoDBBatchResponse> => {
  for (const record of records) {
    try {
      await dispatch(record, deps);
    } catch (error) {
      const slug = record.dynamodb?.Keys?.slug?.S;
      deps.logger.error(`a change of tenant ${slug} started nothing`, {
        error,
        slug,
        change: record.eventName,
      });
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
    }
  }
  return { batchItemFailures: [] };
};

const dispatch = async (record: DynamoDBRecord, { env, executions, logger }: DispatchDeps): Promise<void> => {
  const start = workflowForChange(record);
  if (!start) return;
  const { workflow, name, input } = start;
  await executions.start(arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, workflow), name, input);
  logger.info("started", { workflow, execution: name });
};
