// A snapshot of every tenant's data volume a day, made and cleared away by Data Lifecycle Manager.
import { Aws } from "aws-cdk-lib";
import { CfnLifecyclePolicy } from "aws-cdk-lib/aws-dlm";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { dataVolumeTag } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { keepDailySnapshots } from "../permissions/machine-permissions.ts";
import { grant } from "../permissions/permission.ts";

export interface DailySnapshotsProps {
  config: Config;
  /** UTC, such as 03:00; Data Lifecycle Manager begins within the hour after it. */
  at: string;
  /** How many of each volume stay. */
  keep: number;
}

export class DailySnapshots extends Construct {
  constructor(scope: Construct, id: string, { config, at, keep }: DailySnapshotsProps) {
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
  }
}

const asTags = (tags: Record<string, string>) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Source: EBS User Guide, "IAM service roles for Amazon Data Lifecycle Manager". */
const lifecycleManagerOfThisAccount = (): ServicePrincipal =>
  new ServicePrincipal("dlm.amazonaws.com", {
    conditions: {
      StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
      ArnLike: { "aws:SourceArn": arn("dlm", "policy/*") },
    },
  });
