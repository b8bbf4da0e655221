// Starts a sweep in every interval. One that cannot be started is not caught up with, because the next one does the
// same; it goes to a queue that has an alarm.

import { Aws } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { Construct, type IDependable } from "constructs";
import { stageName } from "../../core/stage-names.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { sweepFailuresName, workflowArn } from "../deployment.ts";
import { grant } from "../permissions/permission.ts";
import { startWorkflows } from "../permissions/task-permissions.ts";
import { FailureQueue } from "./failure-queue.ts";

export class SweepSchedule extends Construct {
  readonly name: string;
  private readonly schedule: CfnSchedule;

  constructor(scope: Construct, id: string, { config }: { config: Config }) {
    super(scope, id);
    const { stage, health } = config;
    this.name = stageName(stage, "health-sweep");
    const failures = new FailureQueue(this, "Failures", { config, queueName: sweepFailuresName(config) });
    const role = new Role(this, "Role", { assumedBy: schedulerOfThisAccount() });
    grant(this, role, [
      ...startWorkflows(config, "health-sweep"),
      { actions: ["sqs:SendMessage"], resources: [failures.queueArn] },
    ]);
    this.schedule = new CfnSchedule(this, "Schedule", {
      name: this.name,
      description: `Warren ${stage}: looks at every tenant`,
      scheduleExpression:
        health.everyMinutes === 1 ? "rate(1 minute)" : `rate(${health.everyMinutes} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: workflowArn(config, "health-sweep"),
        roleArn: role.roleArn,
        input: "{}",
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: health.everyMinutes * 60 },
        deadLetterConfig: { arn: failures.queueArn },
      },
    });
    // Without its policy the role could not start the first sweep.
    this.schedule.node.addDependency(role);
  }

  /** Of the schedule alone: its role is to be there as early as it can. */
  addDependency(...on: IDependable[]): void {
    this.schedule.node.addDependency(...on);
  }
}

/** Source: EventBridge Scheduler User Guide, "Confused deputy prevention": the source is the schedule's group. */
const schedulerOfThisAccount = (): ServicePrincipal =>
  new ServicePrincipal("scheduler.amazonaws.com", {
    conditions: {
      StringEquals: {
        "aws:SourceAccount": Aws.ACCOUNT_ID,
        "aws:SourceArn": arn("scheduler", "schedule-group/default"),
      },
    },
  });
