// What building, distributing and clearing away the machines' image needs to be allowed. AWS's own policies for this
// (EC2InstanceProfileForImageBuilder, EC2ImageBuilderExecutionPolicy, EC2ImageBuilderLifecycleExecutionPolicy) were the
// source; what is left out here are the features that we do not use, and everybody else's resources.
import { Aws } from "aws-cdk-lib";
import type { Asset } from "aws-cdk-lib/aws-s3-assets";
import { keepTag } from "../../core/aws/image-tags.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import { arn, ec2ArnWithoutAccount } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { repositoryOf } from "../config/image-config.ts";
import { agentPermissions } from "./agent-permissions.ts";
import type { Permission } from "./permission.ts";

const images = ec2ArnWithoutAccount("image/*");
const snapshots = ec2ArnWithoutAccount("snapshot/*");
const instances = arn("ec2", "instance/*");
const volumes = arn("ec2", "volume/*");
const byImageBuilder = "EC2 Image Builder";
const perBuild = "Each build makes its own; Image Builder's tag says which they are.";

export const imageName = ({ stage }: Config): string => `warren-${stage}`;

/** Each build logs to its image's group. Its name's prefix is the one that Image Builder's own policies allow. */
export const imageLogGroup = (config: Config): string => `/aws/imagebuilder/${imageName(config)}`;

const writeLogs = (config: Config): Permission => ({
  actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
  resources: [arn("logs", `log-group:${imageLogGroup(config)}:*`)],
  whyMany: "Each build has a log stream of its own.",
});

/** Of the machine that is built on: our files, our components, a private registry, and no parameter at all. */
export const builderPermissions = (config: Config, files: Asset): Permission[] => {
  const file = `arn:${Aws.PARTITION}:s3:::${files.s3BucketName}/${files.s3ObjectKey}`;
  const components = arn("imagebuilder", `component/${imageName(config)}-*`);
  return [
    ...agentPermissions(),
    writeLogs(config),
    { actions: ["s3:GetObject"], resources: [file] },
    {
      actions: ["imagebuilder:GetComponent"],
      resources: [components],
      whyMany: "A component's version changes with its content.",
    },
    ...pullTenantImage(config),
  ];
};

const ecrImage = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/;

/** None unless the tenants' application is in a private registry of AWS. */
export const pullTenantImage = ({ machine }: Config): Permission[] => {
  const [, account, region, repository] = ecrImage.exec(repositoryOf(machine.tenantImage)) ?? [];
  if (!repository) return [];
  return [
    {
      actions: ["ecr:GetAuthorizationToken"],
      resources: ["*"],
      whyMany: "A login is for the whole registry; what may be pulled is another permission.",
    },
    {
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [`arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`],
    },
  ];
};

interface Builder {
  role: string;
  subnet: string;
  securityGroup: string;
}

/** Of Image Builder itself. Its service-linked role would do, but may write parameters below /imagebuilder/ only. */
export const executionPermissions = (config: Config, builder: Builder): Permission[] => [
  ...launchBuilders(builder),
  ...makeImages(),
  ...runComponents(),
  writeLogs(config),
  { actions: ["ssm:PutParameter"], resources: [arn("ssm", `parameter${config.machine.amiParameter}`)] },
];

const onBuildersOwn = (actions: string[], resources: string[]): Permission => ({
  actions,
  resources,
  conditions: { StringEquals: { "aws:ResourceTag/CreatedBy": byImageBuilder } },
  whyMany: perBuild,
});

const launchBuilders = ({ role, subnet, securityGroup }: Builder): Permission[] => [
  { actions: ["ec2:RunInstances"], resources: [subnet, securityGroup] },
  {
    actions: ["ec2:RunInstances"],
    resources: [images, snapshots],
    whyMany: "The base image is Amazon's and changes.",
  },
  {
    actions: ["ec2:RunInstances"],
    resources: [arn("ec2", "network-interface/*")],
    conditions: { BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } },
    whyMany: "Each build's interface is new.",
  },
  {
    actions: ["ec2:RunInstances"],
    resources: [instances, volumes],
    conditions: { StringEquals: { "aws:RequestTag/CreatedBy": byImageBuilder } },
    whyMany: perBuild,
  },
  {
    actions: ["iam:PassRole"],
    resources: [role],
    conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  },
  onBuildersOwn(["ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances"], [instances]),
];

const makeImages = (): Permission[] => [
  onBuildersOwn(["ec2:CreateImage"], [instances]),
  {
    actions: ["ec2:CreateImage", "ec2:CopyImage", "ec2:RegisterImage"],
    resources: [images, snapshots],
    whyMany: "What is to be made has no id yet.",
  },
  onBuildersOwn(["ec2:DeregisterImage", "ec2:ModifyImageAttribute"], [images]),
  onBuildersOwn(["ec2:ModifySnapshotAttribute"], [snapshots]),
  {
    actions: ["ec2:CreateTags"],
    resources: [instances, volumes, arn("ec2", "network-interface/*")],
    conditions: {
      StringEquals: { "aws:RequestTag/CreatedBy": byImageBuilder, "ec2:CreateAction": "RunInstances" },
    },
    whyMany: perBuild,
  },
  {
    actions: ["ec2:CreateTags"],
    resources: [images, snapshots],
    conditions: { StringEquals: { "aws:RequestTag/CreatedBy": byImageBuilder } },
    whyMany: perBuild,
  },
  onBuildersOwn(["ec2:CreateTags"], [images]),
  {
    actions: [
      "Images",
      "InstanceAttribute",
      "InstanceStatus",
      "InstanceTypeOfferings",
      "InstanceTypes",
      "Instances",
      "Snapshots",
      "Subnets",
      "Tags",
    ].map((kind) => `ec2:Describe${kind}`),
    resources: ["*"],
    whyMany: "EC2's Describe actions know no resources.",
  },
];

const runComponents = (): Permission[] => [
  {
    actions: ["ssm:SendCommand"],
    resources: [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}::document/AWS-RunShellScript`],
  },
  {
    actions: ["ssm:SendCommand"],
    resources: [instances],
    conditions: { StringEquals: { "ssm:resourceTag/CreatedBy": byImageBuilder } },
    whyMany: perBuild,
  },
  {
    actions: [
      "ssm:DescribeInstanceInformation",
      "ssm:GetCommandInvocation",
      "ssm:ListCommandInvocations",
      "ssm:ListCommands",
    ],
    resources: ["*"],
    whyMany: "Run Command's reading actions know no resources that exist before the command.",
  },
];

/** Of the lifecycle policy: this stage's images, and never one that carries the tag of those to keep. */
export const lifecyclePermissions = (config: Config): Permission[] => [
  {
    actions: ["ec2:DeregisterImage", "ec2:DescribeImageAttribute"],
    resources: [images],
    conditions: clearable(config),
    whyMany: perBuild,
  },
  onBuildersOwn(["ec2:DeleteSnapshot"], [snapshots]),
  {
    actions: ["imagebuilder:DeleteImage"],
    resources: [arn("imagebuilder", `image/${imageName(config)}/*`)],
    whyMany: "An image's version changes with its content.",
  },
  {
    actions: ["ec2:DescribeImages", "tag:GetResources"],
    resources: ["*"],
    whyMany: "Neither of the two actions knows resources.",
  },
];

const clearable = ({ stage }: Config) => ({
  StringEquals: { "aws:ResourceTag/CreatedBy": byImageBuilder, [`aws:ResourceTag/${tagKeys.stage}`]: stage },
  StringNotEquals: { [`aws:ResourceTag/${tagKeys.keep}`]: keepTag[tagKeys.keep] },
});

/** Of the Lambda that decides which images to keep: it reads about all, and changes one tag on this stage's own. */
export const protectPermissions = (config: Config): Permission[] => [
  {
    actions: ["Images", "Instances", "LaunchTemplates", "LaunchTemplateVersions"].map(
      (kind) => `ec2:Describe${kind}`,
    ),
    resources: ["*"],
    whyMany: "EC2's Describe actions know no resources.",
  },
  { actions: ["ssm:GetParameter"], resources: [arn("ssm", `parameter${config.machine.amiParameter}`)] },
  {
    actions: ["ec2:CreateTags", "ec2:DeleteTags"],
    resources: [images],
    conditions: {
      StringEquals: { [`aws:ResourceTag/${tagKeys.stage}`]: config.stage },
      "ForAllValues:StringEquals": { "aws:TagKeys": Object.keys(keepTag) },
    },
    whyMany: "Images come with builds; the stage's tag says which are ours.",
  },
];
