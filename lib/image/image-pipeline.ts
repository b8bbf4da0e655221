// When, where and by whom the machines' image is built and tested, and where the new image's id is written.
import { Aws, RemovalPolicy } from "aws-cdk-lib";
import { type ISubnet, type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { InstanceProfile, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  CfnDistributionConfiguration,
  CfnImagePipeline,
  CfnInfrastructureConfiguration,
} from "aws-cdk-lib/aws-imagebuilder";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { keepTag, tenantImageTag } from "../../core/aws/image-tags.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import {
  builderPermissions,
  executionPermissions,
  imageLogGroup,
  imageName,
} from "../permissions/image-permissions.ts";
import { grant } from "../permissions/permission.ts";
import type { ImageRecipe } from "./image-recipe.ts";

export type ImageConfig = NonNullable<Config["image"]>;

export interface ImagePipelineProps {
  config: Config;
  image: ImageConfig;
  vpc: IVpc;
  subnet: ISubnet;
  recipe: ImageRecipe;
}

export class ImagePipeline extends Construct {
  readonly arn: string;
  private readonly builderRole: Role;

  constructor(scope: Construct, id: string, props: ImagePipelineProps) {
    super(scope, id);
    const { config, image, recipe } = props;
    this.builderRole = new Role(this, "BuilderRole", {
      assumedBy: new ServicePrincipal("ec2.amazonaws.com"),
    });
    grant(this, this.builderRole, builderPermissions(config, recipe.files));
    const securityGroup = this.securityGroup(props.vpc);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: imageLogGroup(config),
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const pipeline = new CfnImagePipeline(this, "Pipeline", {
      name: imageName(config),
      description: `Builds and tests the machines' image of Warren ${config.stage}`,
      imageRecipeArn: recipe.arn,
      infrastructureConfigurationArn: this.infrastructure(props, securityGroup),
      distributionConfigurationArn: this.distribution(config),
      executionRole: this.executionRole(props, securityGroup).roleArn,
      imageTestsConfiguration: { imageTestsEnabled: true },
      // Its inventory would need more permissions on the builder than all else together.
      enhancedImageMetadataEnabled: false,
      loggingConfiguration: { imageLogGroupName: logGroup.logGroupName },
      schedule: {
        scheduleExpression: image.schedule,
        pipelineExecutionStartCondition: "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE",
      },
      status: "ENABLED",
    });
    this.arn = pipeline.attrArn;
  }

  /** Out by HTTPS alone: repositories, registries, releases and AWS. */
  private securityGroup(vpc: IVpc): SecurityGroup {
    const description = "Builders of machine images: nothing comes in";
    const group = new SecurityGroup(this, "SecurityGroup", { vpc, description, allowAllOutbound: false });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443));
    return group;
  }

  private infrastructure({ config, image, subnet }: ImagePipelineProps, group: SecurityGroup): string {
    const profile = new InstanceProfile(this, "BuilderProfile", { role: this.builderRole });
    const infrastructure = new CfnInfrastructureConfiguration(this, "Infrastructure", {
      name: imageName(config),
      instanceProfileName: profile.instanceProfileName,
      instanceTypes: [image.instanceType],
      subnetId: subnet.subnetId,
      securityGroupIds: [group.securityGroupId],
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      terminateInstanceOnFailure: true,
      resourceTags: { [tagKeys.stage]: config.stage },
    });
    // A profile without its role's permissions would fail the first build.
    infrastructure.node.addDependency(this.builderRole);
    return infrastructure.attrArn;
  }

  /** The tags tell a promotion what was tested, and the clearing away what to leave. */
  private distribution(config: Config): string {
    const name = `${imageName(config)}-{{ imagebuilder:buildDate }}`;
    const amiTags = {
      [tagKeys.stage]: config.stage,
      [tenantImageTag]: config.machine.tenantImage,
      ...keepTag,
    };
    return new CfnDistributionConfiguration(this, "Distribution", {
      name: imageName(config),
      distributions: [
        {
          region: config.region,
          amiDistributionConfiguration: { Name: name, AmiTags: amiTags },
          ssmParameterConfigurations: [
            { parameterName: config.machine.amiParameter, dataType: "aws:ec2:image" },
          ],
        },
      ],
    }).attrArn;
  }

  private executionRole({ config, subnet }: ImagePipelineProps, group: SecurityGroup): Role {
    const role = new Role(this, "ExecutionRole", {
      assumedBy: new ServicePrincipal("imagebuilder.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    });
    const builder = {
      role: this.builderRole.roleArn,
      subnet: arn("ec2", `subnet/${subnet.subnetId}`),
      securityGroup: arn("ec2", `security-group/${group.securityGroupId}`),
    };
    grant(this, role, executionPermissions(config, builder));
    return role;
  }
}
