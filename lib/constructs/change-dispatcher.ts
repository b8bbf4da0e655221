// Starts a workflow for each change of a row that wants one. A change that cannot be dispatched, after all retries,
// goes to a queue, from which an operator sees it and can send it again.
import { Duration } from "aws-cdk-lib";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Construct } from "constructs";
import type { z } from "zod";
import { environment } from "../../lambdas/dispatch-change/environment.ts";
import type { Deployment } from "../deployment.ts";
import { explainWildcards } from "../permissions/permission.ts";
import { startWorkflows } from "../permissions/task-permissions.ts";
import type { EncryptedTable } from "./encrypted-table.ts";
import { FailureQueue } from "./failure-queue.ts";
import { TaskFunction } from "./task-function.ts";

export interface ChangeDispatcherProps {
  deployment: Deployment;
  tenants: EncryptedTable;
  environment: z.input<typeof environment>;
}

const status = (rule: unknown) => ({ status: { S: rule } });
const not = (name: string) => status(FilterRule.notEquals(name));

/** The first change to this status; the workflow's own writes leave it as it is. */
const changeTo = (name: string) => ({
  eventName: ["MODIFY"],
  dynamodb: { NewImage: status(FilterRule.isEqual(name)), OldImage: not(name) },
});

/** The same choice as the Lambda makes: what it would leave alone does not even start it. */
const changesWithWork = [
  { eventName: ["INSERT"], dynamodb: { NewImage: status(FilterRule.isEqual("provisioning")) } },
  changeTo("deleting"),
  changeTo("repairing"),
  { eventName: ["REMOVE"], dynamodb: { OldImage: not("deleting") } },
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
      task: "dispatch-change",
      schema: environment,
      environment: values,
      timeoutSeconds: 30,
      permissions: startWorkflows(config, "provision-tenant", "deprovision-tenant", "repair-tenant"),
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
