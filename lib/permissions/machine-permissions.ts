// What tasks may do to machines and volumes. Every change is bound to the stage's tag, and to a tenant's:
// a NAT instance of the stage carries the stage's alone.
import { tagKeys } from "../../core/tenant/tags.ts";
import { arn, ec2ArnWithoutAccount } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { restartDocumentName } from "../deployment.ts";
import type { Permission } from "./permission.ts";

const machines = arn("ec2", "instance/*");
const volumes = arn("ec2", "volume/*");
const interfaces = arn("ec2", "network-interface/*");
const snapshots = ec2ArnWithoutAccount("snapshot/*");

const perTenant = "Machines and volumes come and go with tenants; their tags say which of them are ours.";

type TagKeys = "aws:RequestTag" | "aws:ResourceTag" | "ssm:resourceTag";

const asTenantOf = ({ stage }: Config, keys: TagKeys) => ({
  StringEquals: { [`${keys}/${tagKeys.stage}`]: stage },
  Null: { [`${keys}/${tagKeys.slug}`]: "false" },
});

const onExisting = (config: Config, action: string, resources: string[]): Permission => {
  return {
    actions: [action],
    resources,
    conditions: asTenantOf(config, "aws:ResourceTag"),
    whyMany: perTenant,
  };
};

const onNew = (config: Config, action: string, resource: string): Permission[] => [
  {
    actions: [action],
    resources: [resource],
    conditions: asTenantOf(config, "aws:RequestTag"),
    whyMany: perTenant,
  },
  tagOnCreation(action, [resource]),
];

const tagOnCreation = (action: string, resources: string[]): Permission => ({
  actions: ["ec2:CreateTags"],
  resources,
  conditions: { StringEquals: { "ec2:CreateAction": action.replace("ec2:", "") } },
  whyMany: perTenant,
});

type Described = "Instances" | "InstanceStatus" | "IamInstanceProfileAssociations" | "Volumes" | "Snapshots";

export const describe = (...kinds: Described[]): Permission[] => [
  {
    actions: kinds.map((kind) => `ec2:Describe${kind}`),
    resources: ["*"],
    whyMany: "EC2's Describe actions know no resources.",
  },
];

/** The template that decides what a machine is, and the role that goes along with it. */
export interface LaunchTemplate {
  templateArn: string;
  role: { roleArn: string };
}

/** Where a machine may be. */
export interface LaunchNetwork {
  subnetArns: string[];
  securityGroupArn: string;
}

/** Only by the stage's template, into its private subnets, tagged as a tenant's, and never with a public address. */
export const launchInstances = (
  config: Config,
  machine: LaunchTemplate,
  network: LaunchNetwork,
): Permission[] => {
  const actions = ["ec2:RunInstances"];
  const byTemplate = { ArnEquals: { "ec2:LaunchTemplate": machine.templateArn } };
  const ours = { ...asTenantOf(config, "aws:RequestTag"), ...byTemplate };
  const withoutAddress = { ...ours, BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } };
  return [
    { actions, resources: [machine.templateArn, network.securityGroupArn, ...network.subnetArns] },
    {
      actions,
      resources: [ec2ArnWithoutAccount("image/*")],
      conditions: byTemplate,
      whyMany: "The template decides the image.",
    },
    { actions, resources: [machines, volumes], conditions: ours, whyMany: perTenant },
    { actions, resources: [interfaces], conditions: withoutAddress, whyMany: perTenant },
    tagOnCreation("ec2:RunInstances", [machines, volumes, interfaces]),
    passRole(machine.role),
  ];
};

const passRole = ({ roleArn }: { roleArn: string }): Permission => ({
  actions: ["iam:PassRole"],
  resources: [roleArn],
  conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
});

/** Each of a tenant's machines, and nothing else with it. */
export const changeInstances = (
  config: Config,
  change: "Start" | "Stop" | "Reboot" | "Terminate",
): Permission[] => [onExisting(config, `ec2:${change}Instances`, [machines])];

/**
 * What a tag may be put back on: only an instance with the tenants' own profile, as its tags may all be gone, and only tags
 * of ours that name this stage. Source: Service Authorization Reference, condition keys of CreateTags on instances.
 */
export const correctTags = (config: Config, { profileArn }: { profileArn: string }): Permission[] => {
  const { stage, slug, generation, hostname } = tagKeys;
  return [
    {
      actions: ["ec2:CreateTags"],
      resources: [machines],
      conditions: {
        ArnEquals: { "ec2:InstanceProfile": profileArn },
        "ForAllValues:StringEquals": { "aws:TagKeys": [stage, slug, generation, hostname, "Name"] },
        StringEqualsIfExists: { [`aws:RequestTag/${stage}`]: config.stage },
      },
      whyMany: perTenant,
    },
  ];
};

/**
 * No other profile, and no other group. What else of an interface could be modified opens nothing.
 * Source: Service Authorization Reference: ec2:NewInstanceProfile, and ModifyNetworkInterfaceAttribute's resources.
 */
export const correctAccess = (
  config: Config,
  { profileArn, role }: { profileArn: string; role: { roleArn: string } },
  { securityGroupArn }: LaunchNetwork,
): Permission[] => [
  {
    actions: ["ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"],
    resources: [machines],
    conditions: {
      ...asTenantOf(config, "aws:ResourceTag"),
      ArnEquals: { "ec2:NewInstanceProfile": profileArn },
    },
    whyMany: perTenant,
  },
  passRole(role),
  onExisting(config, "ec2:ModifyNetworkInterfaceAttribute", [interfaces]),
  { actions: ["ec2:ModifyNetworkInterfaceAttribute"], resources: [securityGroupArn] },
];

/** Source: Service Authorization Reference, GetConsoleOutput: on instances, by their tags. */
export const readConsoles = (config: Config): Permission[] => [
  onExisting(config, "ec2:GetConsoleOutput", [machines]),
];

export const createVolumes = (config: Config): Permission[] => onNew(config, "ec2:CreateVolume", volumes);

export const attachVolumes = (config: Config): Permission[] => [
  onExisting(config, "ec2:AttachVolume", [volumes, machines]),
];

export const detachVolumes = (config: Config): Permission[] => [
  onExisting(config, "ec2:DetachVolume", [volumes, machines]),
];

/** Of a tenant's volume, and found again by its tags. */
const makeSnapshots = (config: Config): Permission[] => [
  ...describe("Snapshots"),
  onExisting(config, "ec2:CreateSnapshot", [volumes]),
  ...onNew(config, "ec2:CreateSnapshot", snapshots),
];

/** And of the copies that were made of a tenant's volume. */
export const deleteVolumes = (config: Config): Permission[] => {
  const { retention } = config.machine.dataVolume;
  if (retention === "retain") return [];
  return [
    onExisting(config, "ec2:DeleteVolume", [volumes]),
    onExisting(config, "ec2:DeleteSnapshot", [snapshots]),
    ...(retention === "snapshot" ? makeSnapshots(config) : describe("Snapshots")),
  ];
};

export const snapshotBeforeReplacement = (config: Config): Permission[] =>
  config.health.snapshotBeforeReplacement ? [...describe("Volumes"), ...makeSnapshots(config)] : [];

/**
 * For Data Lifecycle Manager, whose snapshots get their volume's tags. Which tags it writes in which call is not
 * documented, so these are not bound to any.
 * Source: AWSDataLifecycleManagerServiceRole in AWS's Managed Policy Reference, less what other features need.
 */
export const keepDailySnapshots = (config: Config): Permission[] => [
  ...describe("Volumes", "Snapshots"),
  onExisting(config, "ec2:CreateSnapshot", [volumes]),
  { actions: ["ec2:CreateSnapshot", "ec2:CreateTags"], resources: [snapshots], whyMany: perTenant },
  onExisting(config, "ec2:DeleteSnapshot", [snapshots]),
];

/**
 * One document of ours, whose one parameter knows two values, on one machine of a tenant.
 * Source: Systems Manager User Guide, "Restricting Run Command access based on tags".
 */
export const restartUnits = (config: Config): Permission[] => [
  { actions: ["ssm:SendCommand"], resources: [arn("ssm", `document/${restartDocumentName(config)}`)] },
  {
    actions: ["ssm:SendCommand"],
    resources: [machines],
    conditions: asTenantOf(config, "ssm:resourceTag"),
    whyMany: perTenant,
  },
  {
    actions: ["ssm:GetCommandInvocation"],
    resources: ["*"],
    whyMany: "Run Command's results know no resources.",
  },
];
