// A snapshot of every tenant's data volume a day, made and cleared away by Data Lifecycle Manager.
import { Aws, Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { CfnLifecyclePolicy } from "aws-cdk-lib/aws-dlm";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { dataVolumeTag } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { task as judgeFleet } from "../../lambdas/judge-fleet/task.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { keepDailySnapshots } from "../permissions/machine-permissions.ts";
import { grant } from "../permissions/permission.ts";
import { addAlarm, type Watch } from "./operator-alarm.ts";

export interface DailySnapshotsProps {
  config: Config;
  /** UTC, such as 03:00; Data Lifecycle Manager begins within the hour after it. */
  at: string;
  /** How many of each volume stay. */
  keep: number;
  operators: ITopic;
}

export class DailySnapshots extends Construct {
  constructor(scope: Construct, id: string, { config, at, keep, operators }: DailySnapshotsProps) {
    super(scope, id);
    const role = new Role(this, "Role", { assumedBy: lifecycleManagerOfThisAccount() });
    grant(this, role, keepDailySnapshots(config));
    const policy = new CfnLifecyclePolicy(this, "Policy", {
      description: `Warren ${config.stage} daily snapshots of tenants data`,
      executionRoleArn: role.roleArn,
      state: "ENABLED",
      policyDetails: {
        policyType: "EBS_SNAPSHOT_MANAGEMENT",
        resourceTypes: ["VOLUME"],
        targetTags: asTags(dataVolumeTag(config.stage)),
        schedules: [
          {
            name: "Daily",
            createRule: { interval: 24, intervalUnit: "HOURS", times: [at] },
            retainRule: { count: keep },
            // Whose data it is, for who restores it, and for the permission to clear it away again.
            copyTags: true,
            tagsToAdd: asTags({ [tagKeys.snapshot]: "daily" }),
          },
        ],
      },
    });
    policy.node.addDependency(role);
    addAlarm(this, "snapshots-missing", { config, operators, watch: missing(config, policy.ref) });
  }
}

/**
 * None made though there are tenants, or one that failed, on two days: a volume that is removed meanwhile is no trouble.
 * Source: EBS User Guide, "Monitor Data Lifecycle Manager policies using CloudWatch".
 */
const missing = ({ stage }: Config, DLMPolicyId: string): Watch => {
  const ofPolicy = (metricName: string) =>
    new Metric({ namespace: "AWS/EBS", metricName, dimensionsMap: { DLMPolicyId }, statistic: Stats.SUM });
  const tenants = new Metric({
    namespace: "Warren",
    metricName: "Tenants",
    dimensionsMap: { stage, service: judgeFleet.name, health: "healthy" },
    statistic: Stats.MINIMUM,
  });
  return {
    metric: new MathExpression({
      expression: "IF(FILL(tenants, 0) > 0 AND FILL(made, 0) < 1, 1, FILL(failed, 0))",
      usingMetrics: {
        tenants,
        made: ofPolicy("SnapshotsCreateCompleted"),
        failed: ofPolicy("SnapshotsCreateFailed"),
      },
      label: "days without a snapshot",
      period: Duration.days(1),
    }),
    threshold: 1,
    periods: 2,
    missing: TreatMissingData.NOT_BREACHING,
    text: "Daily snapshots of tenants' data were not made, or failed, on two days. What is lost now is lost for longer.",
    section: "snapshots-missing",
  };
};

const asTags = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Source: EBS User Guide, "IAM service roles for Amazon Data Lifecycle Manager". */
const lifecycleManagerOfThisAccount = (): ServicePrincipal =>
  new ServicePrincipal("dlm.amazonaws.com", {
    conditions: {
      StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
      ArnLike: { "aws:SourceArn": arn("dlm", "policy/*") },
    },
  });
