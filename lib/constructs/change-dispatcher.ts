// Starts a workflow for each change of a row that wants one. A change that cannot be dispatched, after all retries,
// goes to a queue, from which an operator sees it and can send it again.
import { Duration } from "aws-cdk-lib";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Construct } from "constructs";
import type * as z from "zod";
import {
  type TenantWorkflowName,
  tenantWorkflowNames,
  tenantWorkflows,
} from "../../core/workflow/workflows.ts";
import { task } from "../../lambdas/dispatch-change/task.ts";
import type { Deployment } from "../deployment.ts";
import { explainWildcards } from "../permissions/permission.ts";
import { startWorkflows } from "../permissions/task-permissions.ts";
import type { EncryptedTable } from "./encrypted-table.ts";
import { FailureQueue } from "./failure-queue.ts";
import { TaskFunction } from "./task-function.ts";

export interface ChangeDispatcherProps {
  deployment: Deployment;
  tenants: EncryptedTable;
  environment: z.input<typeof task.environment>;
}

const is = (status: string) => ({ status: { S: FilterRule.isEqual(status) } });
const isNot = (status: string) => ({ status: { S: FilterRule.notEquals(status) } });

/** The first change to a workflow's status; its own writes leave that as it is. */
const orderOf = (name: TenantWorkflowName) => {
  const { event, status } = tenantWorkflows[name];
  const before = event === "MODIFY" ? { OldImage: isNot(status) } : {};
  return { eventName: [event], dynamodb: { NewImage: is(status), ...before } };
};

/** The same choice as the Lambda makes: what it would leave alone does not even start it. */
const changesWithWork = [
  ...tenantWorkflowNames.map(orderOf),
  { eventName: ["REMOVE"], dynamodb: { OldImage: isNot(tenantWorkflows["deprovision-tenant"].status) } },
];

export class ChangeDispatcher extends Construct {
  readonly failures: FailureQueue;

  constructor(
    scope: Construct,
    id: string,
    { deployment, tenants, environment: values }: ChangeDispatcherProps,
  ) {
    super(scope, id);
    const { config } = deployment;
    this.failures = new FailureQueue(this, "Failures", { config });
    const dispatch = new TaskFunction(this, "DispatchChange", {
      deployment,
      task,
      environment: values,
      timeoutSeconds: 30,
      permissions: startWorkflows(config, ...tenantWorkflowNames),
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
