// What an operator is woken for. Alarms name what they watch by names that are known before it exists, and each says
// where to read on.

import { Duration } from "aws-cdk-lib";
import { Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { dataDirectory, machineMetrics } from "../../core/machine/machine-contract.ts";
import { stageName } from "../../core/stage-names.ts";
import { type WorkflowName, workflowNames } from "../../core/workflow/workflows.ts";
import { task as protectImages } from "../../lambdas/protect-images/task.ts";
import type { Config } from "../config/config.ts";
import { workflowArn } from "../deployment.ts";
import { addAlarm, type Watch } from "./operator-alarm.ts";

export interface OperatorAlarmsProps {
  config: Config;
  operators: ITopic;
  /** Names of the queues for failures, by what could not be done. */
  failures: Record<string, string>;
}

const { BREACHING, NOT_BREACHING } = TreatMissingData;

export class OperatorAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, operators, failures }: OperatorAlarmsProps) {
    super(scope, id);
    const watches = {
      ...ofFleet(config),
      ...ofDisks(),
      ...Object.assign({}, ...workflowNames.map((workflow) => ofWorkflow(config, workflow))),
      ...(config.image && ofImages(config)),
      ...Object.assign({}, ...Object.entries(failures).map(([what, queue]) => ofQueue(what, queue))),
    } as Record<string, Watch>;
    for (const [name, watch] of Object.entries(watches)) addAlarm(this, name, { config, operators, watch });
  }
}

/** What the sweeps report, with the dimensions that core/handler/observability.ts gives. */
const ofFleet = ({ stage, health: { everyMinutes } }: Config): Record<string, Watch> => {
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: "Warren",
      metricName,
      dimensionsMap: { stage, service: "judge-fleet" },
      statistic,
      period: Duration.minutes(everyMinutes),
    });
  return {
    "tenants-degraded": {
      metric: metric("TenantsDegraded", Stats.MAXIMUM),
      threshold: 1,
      text: "At least one tenant is not served, and its repair has failed.",
      section: "tenant-degraded",
    },
    "removal-failed": {
      metric: metric("RemovalsFailed", Stats.MAXIMUM),
      threshold: 1,
      text: "Something of at least one tenant is left: a removal failed for a reason that a person must change.",
      section: "removal-failed",
    },
    "outage-guard": {
      metric: metric("OutageGuard", Stats.MAXIMUM),
      threshold: 1,
      text: "So many tenants are not served that it looks like an outage. Repairs are held until there are fewer, or one helps.",
      section: "outage-guard",
    },
    "sweep-missing": {
      metric: metric("Sweeps", Stats.SUM),
      threshold: 1,
      below: true,
      periods: 3,
      missing: BREACHING,
      text: "No health sweep has ended well for three intervals. Nobody notices tenants that are down.",
      section: "sweep-missing",
    },
    "cloudflare-quota": {
      metric: metric("CloudflareQuotaLeft", Stats.MINIMUM),
      threshold: 20,
      below: true,
      text: "Less than 20 percent of the Cloudflare account's calls are left. At none, every call fails for five minutes.",
      section: "cloudflare-quota",
    },
  };
};

/**
 * The fullest of all machines, as their CloudWatch agents tell (image-builder/components/1-packages.yaml). An agent does
 * not know its stage: this is the fullest of an account and region.
 */
const ofDisks = (): Record<string, Watch> => {
  const full = (path: string, text: string): Watch => ({
    metric: new Metric({
      namespace: machineMetrics,
      metricName: "disk_used_percent",
      dimensionsMap: { path },
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(5),
    }),
    threshold: 85,
    text,
    section: "disk-full",
  });
  return {
    "data-disk-full": full(
      dataDirectory,
      "The data volume of at least one machine is more than 85 percent full.",
    ),
    "system-disk-full": full("/", "The system disk of at least one machine is more than 85 percent full."),
  };
};

/** It runs once a day: after two days without a run that ended well, it has stopped working. */
const ofImages = ({ stage }: Config): Record<string, Watch> => ({
  "images-kept": {
    metric: new Metric({
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensionsMap: { FunctionName: stageName(stage, protectImages.name) },
      statistic: Stats.SUM,
      period: Duration.days(1),
    }),
    threshold: 1,
    periods: 2,
    missing: BREACHING,
    text: "Which images are in use has not been looked up for two days. None is removed meanwhile, and each costs money.",
    section: "images-kept",
  },
});

/** A repair that fails leaves its tenant degraded, which has an alarm of its own that lasts as long as that does. */
const failsQuietly: WorkflowName = "repair-tenant";

const ofWorkflow = (config: Config, workflow: WorkflowName): Record<string, Watch> => {
  const ended = (metricName: string, text: string): Watch => ({
    metric: new Metric({
      namespace: "AWS/States",
      metricName,
      dimensionsMap: { StateMachineArn: workflowArn(config, workflow) },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    }),
    threshold: 1,
    missing: NOT_BREACHING,
    text,
    section: "workflow-failed",
  });
  const failed = ended("ExecutionsFailed", `An execution of ${workflow} failed.`);
  const timedOut = ended("ExecutionsTimedOut", `An execution of ${workflow} took too long, and was ended.`);
  return {
    ...(workflow !== failsQuietly && {
      [`${workflow}-failed`]: workflow === "health-sweep" ? { ...failed, ...sweepsFail } : failed,
    }),
    [`${workflow}-timed-out`]: timedOut,
  };
};

/** One that fails or sees too little is followed by the next: only when they go on so is a person told. */
const sweepsFail: Pick<Watch, "periods" | "text" | "section"> = {
  periods: 2,
  text: "Health sweeps fail, or see so little of the fleet that they would not notice an outage.",
  section: "sweep-failed",
};

const ofQueue = (what: string, QueueName: string): Record<string, Watch> => ({
  [`${what}-set-aside`]: {
    metric: new Metric({
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensionsMap: { QueueName },
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(5),
    }),
    threshold: 1,
    missing: NOT_BREACHING,
    text: `The queue for ${what} that could not be started is not empty.`,
    section: "failure-queue",
  },
});
