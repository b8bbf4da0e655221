// How operators learn that something needs them: a topic, and the alarms that write to it.
import { Stack, type StackProps } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Config } from "../config/config.ts";
import type { FailureQueue } from "../constructs/failure-queue.ts";
import { OperatorAlarms } from "../constructs/operator-alarms.ts";
import { OperatorsTopic } from "../constructs/operators-topic.ts";
import { sweepFailuresName } from "../deployment.ts";

export interface MonitoringStackProps extends StackProps {
  config: Config;
  /** Changes of rows that could not be dispatched. */
  changeFailures: FailureQueue;
}

export class MonitoringStack extends Stack {
  readonly operators: ITopic;

  constructor(scope: Construct, id: string, { config, changeFailures, ...props }: MonitoringStackProps) {
    super(scope, id, props);
    this.operators = new OperatorsTopic(this, "Operators", { config }).topic;
    const failures = { changes: changeFailures.queueName, sweeps: sweepFailuresName(config) };
    new OperatorAlarms(this, "Alarms", { config, operators: this.operators, failures });
  }
}
