// Where something ends that could not be done after all retries: an operator sees it there, and can do it again.
import { Duration, Validations } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Config } from "../config/config.ts";

export interface FailureQueueProps {
  config: Config;
  /** Without it, CloudFormation makes one up. */
  queueName?: string;
}

export class FailureQueue extends Queue {
  constructor(scope: Construct, id: string, { config, ...props }: FailureQueueProps) {
    super(scope, id, {
      ...props,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: config.enforceTls,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "It is itself the queue for failures.",
    });
  }
}
