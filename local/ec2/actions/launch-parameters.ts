// RunInstances' parameters laid over its launch template: the request wins, tags are merged, block devices by name.
import type { ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import { formBoolean, formInteger } from "../protocol/query.ts";
import type { MetadataOptions } from "../world/model.ts";
import { type TagSpecifications, tagSpecificationsParameter } from "../world/tag-rules.ts";

const ebsParameter = z.strictObject({
  VolumeSize: formInteger.optional(),
  VolumeType: z.string().optional(),
  Encrypted: formBoolean.optional(),
  KmsKeyId: z.string().optional(),
  DeleteOnTermination: formBoolean.optional(),
});

/** By its name or its ARN. */
export const profileParameter = z.strictObject({ Name: z.string().optional(), Arn: z.string().optional() });

const networkInterfaceParameter = z.strictObject({
  DeviceIndex: formInteger.optional(),
  SubnetId: z.string().optional(),
  AssociatePublicIpAddress: formBoolean.optional(),
  SecurityGroupId: z.array(z.string()).optional(),
});

export const runInstancesParameters = z.strictObject({
  MinCount: formInteger,
  MaxCount: formInteger,
  ImageId: z.string().optional(),
  InstanceType: z.string().optional(),
  SubnetId: z.string().optional(),
  SecurityGroupId: z.array(z.string()).optional(),
  NetworkInterface: z.array(networkInterfaceParameter).max(1).optional(),
  BlockDeviceMapping: z.array(z.strictObject({ DeviceName: z.string(), Ebs: ebsParameter })).default([]),
  IamInstanceProfile: profileParameter.optional(),
  LaunchTemplate: z
    .strictObject({
      LaunchTemplateId: z.string().optional(),
      LaunchTemplateName: z.string().optional(),
      Version: z.string().optional(),
    })
    .optional(),
  MetadataOptions: z
    .strictObject({
      HttpTokens: z.enum(["required", "optional"]).optional(),
      HttpEndpoint: z.enum(["enabled", "disabled"]).optional(),
      HttpPutResponseHopLimit: formInteger.optional(),
      InstanceMetadataTags: z.enum(["enabled", "disabled"]).optional(),
    })
    .optional(),
  Monitoring: z.strictObject({ Enabled: formBoolean }).optional(),
  EbsOptimized: formBoolean.optional(),
  DisableApiTermination: formBoolean.optional(),
  InstanceInitiatedShutdownBehavior: z.enum(["stop", "terminate"]).optional(),
  TagSpecification: tagSpecificationsParameter,
  ClientToken: z.string().max(64).optional(),
});
export type RunInstancesParameters = z.output<typeof runInstancesParameters>;

export type EbsParameters = z.output<typeof ebsParameter>;

/** What to launch, with EC2's defaults filled in where neither the request nor the template says. */
export interface LaunchParameters {
  image: string;
  instanceType: string;
  subnetId: string;
  groupIds: string[];
  publicAddress: boolean | undefined;
  profile: string | undefined;
  blockDevices: { DeviceName: string; Ebs: EbsParameters }[];
  metadata: MetadataOptions;
  monitoring: boolean;
  ebsOptimized: boolean;
  disableApiTermination: boolean;
  shutdownBehaviour: "stop" | "terminate";
  tagSpecifications: TagSpecifications;
  clientToken: string | undefined;
}

const required = <T>(value: T | undefined, name: string): T => {
  if (value !== undefined) return value;
  throw new Ec2Error("MissingParameter", `The request must contain the parameter ${name}`);
};

const network = (request: RunInstancesParameters, template: ResponseLaunchTemplateData) => {
  const groups = request.SecurityGroupId ?? template.SecurityGroupIds;
  const fromTemplate = template.NetworkInterfaces?.[0];
  const fromRequest = request.NetworkInterface?.[0];
  if (!fromTemplate && !fromRequest) {
    return {
      subnetId: required(request.SubnetId, "SubnetId"),
      groupIds: groups ?? [],
      publicAddress: undefined,
    };
  }
  const clash = request.SubnetId ? "subnet ID" : groups?.length ? "security groups" : undefined;
  if (clash) {
    throw new Ec2Error(
      "InvalidParameterCombination",
      `Network interfaces and an instance-level ${clash} may not be specified on the same request`,
    );
  }
  return {
    subnetId: required(fromRequest?.SubnetId ?? fromTemplate?.SubnetId, "NetworkInterface.1.SubnetId"),
    groupIds: fromRequest?.SecurityGroupId ?? fromTemplate?.Groups ?? [],
    publicAddress: fromRequest?.AssociatePublicIpAddress ?? fromTemplate?.AssociatePublicIpAddress,
  };
};

/** EC2's defaults for an AMI that does not ask for IMDSv2 itself. */
const metadataDefaults: MetadataOptions = {
  httpTokens: "optional",
  httpEndpoint: "enabled",
  httpPutResponseHopLimit: 1,
  instanceMetadataTags: "disabled",
};

const metadataOptions = (
  request: RunInstancesParameters,
  template: ResponseLaunchTemplateData,
): MetadataOptions => {
  const asked = { ...template.MetadataOptions, ...request.MetadataOptions };
  return {
    httpTokens: asked.HttpTokens ?? metadataDefaults.httpTokens,
    httpEndpoint: asked.HttpEndpoint ?? metadataDefaults.httpEndpoint,
    httpPutResponseHopLimit: asked.HttpPutResponseHopLimit ?? metadataDefaults.httpPutResponseHopLimit,
    instanceMetadataTags: asked.InstanceMetadataTags ?? metadataDefaults.instanceMetadataTags,
  };
};

const blockDevices = (request: RunInstancesParameters, template: ResponseLaunchTemplateData) => {
  const byName = new Map<string, EbsParameters>();
  for (const { DeviceName = "", Ebs } of template.BlockDeviceMappings ?? []) {
    const { VolumeSize, VolumeType, Encrypted, KmsKeyId, DeleteOnTermination } = Ebs ?? {};
    byName.set(DeviceName, { VolumeSize, VolumeType, Encrypted, KmsKeyId, DeleteOnTermination });
  }
  for (const { DeviceName, Ebs } of request.BlockDeviceMapping) {
    byName.set(DeviceName, { ...byName.get(DeviceName), ...Ebs });
  }
  return [...byName].map(([DeviceName, Ebs]) => ({ DeviceName, Ebs }));
};

const templateTagSpecifications = (template: ResponseLaunchTemplateData): TagSpecifications =>
  (template.TagSpecifications ?? []).map(({ ResourceType = "", Tags = [] }) => ({
    ResourceType,
    Tag: Tags.map(({ Key = "", Value = "" }) => ({ Key, Value })),
  }));

/** @throws Ec2Error if what is needed is in neither, or the two contradict each other */
export const launchParameters = (
  request: RunInstancesParameters,
  template: ResponseLaunchTemplateData,
): LaunchParameters => {
  if (template.UserData)
    throw invalidParameter("local/ec2 runs no user data: the launch template must have none");
  const profile = request.IamInstanceProfile ?? template.IamInstanceProfile;
  return {
    ...network(request, template),
    image: required(request.ImageId ?? template.ImageId, "ImageId"),
    instanceType: request.InstanceType ?? template.InstanceType ?? "m1.small",
    profile: profile?.Arn ?? profile?.Name,
    blockDevices: blockDevices(request, template),
    metadata: metadataOptions(request, template),
    monitoring: request.Monitoring?.Enabled ?? template.Monitoring?.Enabled ?? false,
    ebsOptimized: request.EbsOptimized ?? template.EbsOptimized ?? false,
    disableApiTermination: request.DisableApiTermination ?? template.DisableApiTermination ?? false,
    shutdownBehaviour:
      request.InstanceInitiatedShutdownBehavior ?? template.InstanceInitiatedShutdownBehavior ?? "stop",
    tagSpecifications: [...templateTagSpecifications(template), ...request.TagSpecification],
    clientToken: request.ClientToken,
  };
};
