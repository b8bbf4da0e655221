// Starts a workflow for each change of a row that wants one. A change that cannot be dispatched, after all retries,
// goes to a queue, from which an operator sees it and can send it again.
import { Duration, Validations } from "aws-cdk-lib";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { z } from "zod";
import { environment } from "../../lambdas/dispatch-change/environment.ts";
import type { Config } from "../config.ts";
import { type Deployment, workflowName } from "../deployment.ts";
import { explainWildcards } from "../permission.ts";
import { startWorkflows } from "../task-permissions.ts";
import type { EncryptedTable } from "./encrypted-table.ts";
import { TaskFunction } from "./task-function.ts";

export interface ChangeDispatcherProps {
  deployment: Deployment;
  tenants: EncryptedTable;
  environment: z.input<typeof environment>;
}

const status = (rule: unknown) => ({ status: { S: rule } });
const notDeleting = status(FilterRule.notEquals("deleting"));

/** The same choice as the Lambda makes: what it would leave alone does not even start it. */
const changesWithWork = [
  { eventName: ["INSERT"], dynamodb: { NewImage: status(FilterRule.isEqual("provisioning")) } },
  {
    eventName: ["MODIFY"],
    dynamodb: { NewImage: status(FilterRule.isEqual("deleting")), OldImage: notDeleting },
  },
  { eventName: ["REMOVE"], dynamodb: { OldImage: notDeleting } },
];

export class ChangeDispatcher extends Construct {
  readonly failures: Queue;

  constructor(
    scope: Construct,
    id: string,
    { deployment, tenants, environment: values }: ChangeDispatcherProps,
  ) {
    super(scope, id);
    const { config } = deployment;
    this.failures = this.failureQueue(config);
    const dispatch = new TaskFunction(this, "DispatchChange", {
      deployment,
      task: "dispatch-change",
      schema: environment,
      environment: values,
      timeoutSeconds: 30,
      permissions: startWorkflows(
        workflowName(config, "provision-tenant"),
        workflowName(config, "deprovision-tenant"),
      ),
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

  private failureQueue({ enforceTls }: Config): Queue {
    const queue = new Queue(this, "Failures", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: enforceTls,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(queue).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "It is itself the queue for failures.",
    });
    return queue;
  }
}
