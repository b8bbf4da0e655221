// What tasks may do to machines and volumes. Every change is bound to the stage's tag, and to a tenant's:
// a NAT instance of the stage carries the stage's alone.
import { arn, ec2ArnWithoutAccount } from "./arn.ts";
import type { Config } from "./config.ts";
import type { TenantMachine } from "./constructs/tenant-machine.ts";
import type { Permission } from "./permission.ts";
import type { NetworkStack } from "./stacks/network.ts";

const machines = arn("ec2", "instance/*");
const volumes = arn("ec2", "volume/*");
const interfaces = arn("ec2", "network-interface/*");
const snapshots = ec2ArnWithoutAccount("snapshot/*");

const perTenant = "Machines and volumes come and go with tenants; their tags say which of them are ours.";

const asTenantOf = ({ stage }: Config, keys: "aws:RequestTag" | "aws:ResourceTag") => ({
  StringEquals: { [`${keys}/warren:stage`]: stage },
  Null: { [`${keys}/warren:slug`]: "false" },
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

export const describe = (...kinds: ("Instances" | "Volumes" | "Snapshots")[]): Permission[] => [
  {
    actions: kinds.map((kind) => `ec2:Describe${kind}`),
    resources: ["*"],
    whyMany: "EC2's Describe actions know no resources.",
  },
];

/** Only by the stage's template, into its private subnets, tagged as a tenant's, and never with a public address. */
export function launchInstances(config: Config, machine: TenantMachine, network: NetworkStack): Permission[] {
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
    {
      actions: ["iam:PassRole"],
      resources: [machine.role.roleArn],
      conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
  ];
}

export const terminateInstances = (config: Config): Permission[] => [
  onExisting(config, "ec2:TerminateInstances", [machines]),
];

export const createVolumes = (config: Config): Permission[] => onNew(config, "ec2:CreateVolume", volumes);

export const attachVolumes = (config: Config): Permission[] => [
  onExisting(config, "ec2:AttachVolume", [volumes, machines]),
];

export function deleteVolumes(config: Config): Permission[] {
  const deletion = onExisting(config, "ec2:DeleteVolume", [volumes]);
  if (config.machine.dataVolume.retention !== "snapshot") return [deletion];
  const snapshot = onExisting(config, "ec2:CreateSnapshot", [volumes]);
  return [deletion, ...describe("Snapshots"), snapshot, ...onNew(config, "ec2:CreateSnapshot", snapshots)];
}
