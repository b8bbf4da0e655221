// Starts a workflow for each change of a row that wants one. A change that cannot be dispatched, after all retries,
// goes to a queue, from which an operator sees it and can send it again.
import { Duration } from "aws-cdk-lib";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Construct } from "constructs";
import type * as z from "zod";
import type { TenantStatus } from "../../core/tenant/status.ts";
import { tenantWorkflowNames } from "../../core/workflow/workflows.ts";
import { task } from "../../lambdas/dispatch-change/task.ts";
import type { Deployment } from "../deployment.ts";
import { explainWildcards } from "../permissions/permission.ts";
import { letBegin } from "../permissions/queue-permissions.ts";
import { startWorkflows } from "../permissions/task-permissions.ts";
import { FailureQueue } from "./failure-queue.ts";
import { TaskFunction } from "./task-function.ts";
import type { TaskData } from "./task-resources.ts";

export interface ChangeDispatcherProps {
  deployment: Deployment;
  data: Pick<TaskData, "tenants" | "leases">;
  environment: z.input<typeof task.environment>;
}

const statuses = (...of: TenantStatus[]) => ({ status: { S: FilterRule.or(...of) } });
const isNot = (status: TenantStatus) => ({ status: { S: FilterRule.notEquals(status) } });
const waits = { queue: { S: FilterRule.exists() } };

/**
 * What the Lambda would leave alone does not even start it. Lambda takes five patterns.
 * Source: AWS Lambda Developer Guide, "Control which events Lambda sends to your function".
 */
const changesWithWork = [
  // It joins a queue,
  { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: waits } },
  // was let begin, or waits for its removal instead,
  { eventName: ["MODIFY"], dynamodb: { OldImage: waits } },
  // leaves room for others,
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: statuses("provisioning", "deleting"), NewImage: statuses("ready", "failed") },
  },
  // is to be repaired,
  {
    eventName: ["MODIFY"],
    dynamodb: { OldImage: isNot("repairing"), NewImage: statuses("repairing") },
  },
  // or is gone, at the end of its removal or by somebody's hand.
  { eventName: ["REMOVE"] },
];

export class ChangeDispatcher extends Construct {
  readonly failures: FailureQueue;

  constructor(
    scope: Construct,
    id: string,
    { deployment, data: { tenants, leases }, environment: values }: ChangeDispatcherProps,
  ) {
    super(scope, id);
    const { config } = deployment;
    this.failures = new FailureQueue(this, "Failures", { config });
    const dispatch = new TaskFunction(this, "DispatchChange", {
      deployment,
      task,
      environment: values,
      timeoutSeconds: 30,
      permissions: [...startWorkflows(config, ...tenantWorkflowNames), ...letBegin({ tenants, leases })],
    });
    dispatch.lambda.addEventSource(
      new DynamoEventSource(tenants, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: changesWithWork.map((change) => FilterCriteria.filter(change)),
        batchSize: 25,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 8,
        maxRecordAge: Duration.hours(12),
        onFailure: new SqsDlq(this.failures),
      }),
    );
    explainWildcards(
      dispatch,
      ["*"],
      "dynamodb:ListStreams, which Lambda looks for streams by, knows no resources.",
    );
  }
}
