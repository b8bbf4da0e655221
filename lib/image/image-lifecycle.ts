// Removes old images together with their snapshots, and never one that is in use. Image Builder's lifecycle policy does
// the removing, but knows neither launch templates nor machines: so every image is made with a tag that keeps it, and
// only the protect-images Lambda, which looks at both, takes the tag away.
import { Aws, Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnLifecyclePolicy } from "aws-cdk-lib/aws-imagebuilder";
import { Construct } from "constructs";
import { keepTag } from "../../core/aws/image-tags.ts";
import { task } from "../../lambdas/protect-images/task.ts";
import type { Config } from "../config/config.ts";
import { TaskFunction } from "../constructs/task-function.ts";
import type { Deployment } from "../deployment.ts";
import { imageName, lifecyclePermissions, protectPermissions } from "../permissions/image-permissions.ts";
import { grant } from "../permissions/permission.ts";

/** Days for which a released image still stays: time to notice that it was wanted after all. */
const GRACE_DAYS = 7;

export interface ImageLifecycleProps {
  deployment: Deployment;
  /** How many of the newest images stay, used or not. */
  keep: number;
}

export class ImageLifecycle extends Construct {
  constructor(scope: Construct, id: string, { deployment, keep }: ImageLifecycleProps) {
    super(scope, id);
    const { config } = deployment;
    this.removal(config);
    const protect = new TaskFunction(this, "ProtectImages", {
      deployment,
      task,
      environment: {
        STAGE: config.stage,
        AMI_PARAMETER: config.machine.amiParameter,
        KEEP_IMAGES: String(keep),
      },
      timeoutSeconds: 120,
      permissions: protectPermissions(config),
    });
    new Rule(this, "Daily", {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(protect.lambda, { retryAttempts: 2 })],
    });
  }

  /** Failed and cancelled builds left no image, and go without regard to any tag. */
  private removal(config: Config): void {
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("imagebuilder.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    });
    grant(this, role, lifecyclePermissions(config));
    const policy = new CfnLifecyclePolicy(this, "Policy", {
      name: imageName(config),
      description: "Removes images that are neither in use nor among the newest",
      executionRole: role.roleArn,
      resourceType: "AMI_IMAGE",
      status: "ENABLED",
      resourceSelection: { recipes: [{ name: imageName(config), semanticVersion: "x.x.x" }] },
      policyDetails: [
        {
          action: { type: "DELETE", includeResources: { amis: true, snapshots: true } },
          filter: { type: "AGE", value: GRACE_DAYS, unit: "DAYS" },
          exclusionRules: {
            amis: { tagMap: { ...keepTag }, lastLaunched: { value: GRACE_DAYS, unit: "DAYS" } },
          },
        },
      ],
    });
    policy.node.addDependency(role);
  }
}
