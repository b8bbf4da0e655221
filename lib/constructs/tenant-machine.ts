// What every tenant's machine is made of. One role serves them all; what keeps a tenant's secrets from the others'
// machines is the `reader` tag on each parameter, which holds the one identity that may read it.

import { CfnParameter } from "aws-cdk-lib";
import { CfnLaunchTemplate, type ISecurityGroup } from "aws-cdk-lib/aws-ec2";
import { InstanceProfile, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { machineMetrics } from "../../core/machine/machine-contract.ts";
import { stageName } from "../../core/stage-names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { agentPermissions } from "../permissions/agent-permissions.ts";
import { pullTenantImage } from "../permissions/image-permissions.ts";
import { grant, type Permission } from "../permissions/permission.ts";
import { decryptSecrets, secretArns } from "../permissions/task-permissions.ts";

export interface TenantMachineProps {
  config: Config;
  securityGroup: ISecurityGroup;
  /** Of the tenants' SecureStrings. */
  parameterKey: IKey;
}

export class TenantMachine extends Construct {
  readonly role: Role;
  readonly template: CfnLaunchTemplate;
  readonly profileArn: string;

  constructor(scope: Construct, id: string, props: TenantMachineProps) {
    super(scope, id);
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("ec2.amazonaws.com") });
    grant(this, this.role, [
      ...agentPermissions(),
      ...secretPermissions(props),
      ...pullTenantImage(props.config),
      reportMetrics,
    ]);
    const profile = new InstanceProfile(this, "Profile", { role: this.role });
    this.profileArn = profile.instanceProfileArn;
    this.template = new CfnLaunchTemplate(this, "Template", {
      launchTemplateName: stageName(props.config.stage, "tenant"),
      launchTemplateData: {
        ...this.hardware(props.config),
        iamInstanceProfile: { arn: this.profileArn },
        securityGroupIds: [props.securityGroup.securityGroupId],
        // One hop keeps containers on a bridge network away from the machine's credentials.
        metadataOptions: {
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "enabled",
        },
        monitoring: { enabled: true },
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
          resourceType,
          tags: [{ key: tagKeys.stage, value: props.config.stage }],
        })),
      },
    });
  }

  get templateArn(): string {
    return arn("ec2", `launch-template/${this.template.ref}`);
  }

  /**
   * The image is read from its parameter at each deploy, not at each launch (`resolve:ssm:`): a missing image stops
   * the deploy instead of the next tenant, and what runs is what was deployed.
   */
  private hardware({ machine }: Config): CfnLaunchTemplate.LaunchTemplateDataProperty {
    const image = new CfnParameter(this, "Image", {
      type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      default: machine.amiParameter,
      description: "SSM parameter that holds the id of the machines' image",
    });
    return {
      imageId: image.valueAsString,
      instanceType: machine.instanceType,
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeType: "gp3", encrypted: true, deleteOnTermination: true } },
      ],
    };
  }
}

/** The CloudWatch agent's, in the namespace that its configuration in the image names. */
const reportMetrics: Permission = {
  actions: ["cloudwatch:PutMetricData"],
  resources: ["*"],
  conditions: { StringEquals: { "cloudwatch:namespace": machineMetrics } },
  whyMany: "CloudWatch knows no resources for metrics; the namespace is ours.",
};

/** For a machine's credentials `aws:userid` is `<unique id of the role>:<instance id>`, as the tag says. */
const secretPermissions = ({ config, parameterKey }: TenantMachineProps): Permission[] => [
  {
    actions: ["ssm:GetParameter"],
    resources: secretArns(config),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, filled in by IAM
    conditions: { StringEquals: { [`aws:ResourceTag/${tagKeys.reader}`]: "${aws:userid}" } },
    whyMany: "The condition leaves each machine its own tenant's parameters only.",
  },
  decryptSecrets(config, parameterKey),
];
