// The record of a new instance: what was asked for, put into the subnet, image and groups that it goes to.
import type { LaunchTemplateVersion } from "@aws-sdk/client-ec2";
import {
  type Clients,
  readGroups,
  readImage,
  readProfile,
  readSubnet,
} from "../ministack/ministack-reads.ts";
import { freeAddress } from "../world/addresses.ts";
import { newId } from "../world/ids.ts";
import type { Instance, Tags } from "../world/model.ts";
import { checkMetadataKeys, tagsFor } from "../world/tag-rules.ts";
import type { World } from "../world/world.ts";
import type { LaunchParameters } from "./launch-parameters.ts";

/** Addresses of the documentation range: nothing local can be mistaken for a real public address. */
const publicNetwork = "203.0.113.0/24";

/** All that a launch refers to. @throws Ec2Error for the first that does not exist */
export const readFromMiniStack = async (clients: Clients, launch: LaunchParameters) => {
  const [subnet, image, groups, profile] = await Promise.all([
    readSubnet(clients, launch.subnetId),
    readImage(clients, launch.image),
    readGroups(clients, launch.groupIds),
    launch.profile === undefined ? undefined : readProfile(clients, launch.profile),
  ]);
  return { subnet, image, groups, profile };
};
export type MiniStackReads = Awaited<ReturnType<typeof readFromMiniStack>>;

const privateAddress = (world: World, { SubnetId, CidrBlock = "" }: MiniStackReads["subnet"]): string => {
  const neighbours = [...world.instances.values()].filter(
    ({ state, subnetId }) => state !== "terminated" && subnetId === SubnetId,
  );
  return freeAddress(CidrBlock, new Set(neighbours.map(({ privateIp }) => privateIp)));
};

const publicAddress = (world: World, asked: boolean | undefined, { subnet }: MiniStackReads) => {
  if (!(asked ?? subnet.MapPublicIpOnLaunch)) return {};
  const taken = [...world.instances.values()].map(({ publicIp }) => publicIp ?? "");
  return { publicIp: freeAddress(publicNetwork, new Set(taken)) };
};

const instanceTags = (launch: LaunchParameters, template: LaunchTemplateVersion | undefined): Tags => {
  const tags = tagsFor("instance", launch.tagSpecifications);
  if (launch.metadata.instanceMetadataTags === "enabled") checkMetadataKeys(tags);
  if (template) {
    // AWS sets these two itself.
    tags.set("aws:ec2launchtemplate:id", template.LaunchTemplateId ?? "");
    tags.set("aws:ec2launchtemplate:version", String(template.VersionNumber));
  }
  return tags;
};

/** In state `pending`, with the lowest free address of its subnet. */
export const newInstance = (
  world: World,
  launch: LaunchParameters,
  ministackReads: MiniStackReads,
  template: LaunchTemplateVersion | undefined,
): Omit<Instance, "reservationId" | "launchIndex"> => {
  const { subnet, image, groups, profile } = ministackReads;
  const { metadata, monitoring, ebsOptimized, disableApiTermination, shutdownBehaviour, subnetId } = launch;
  return {
    metadata,
    monitoring,
    ebsOptimized,
    disableApiTermination,
    shutdownBehaviour,
    subnetId,
    groups,
    ...publicAddress(world, launch.publicAddress, ministackReads),
    ...(profile && { profile }),
    ...(launch.clientToken && { clientToken: launch.clientToken }),
    instanceId: newId("i"),
    ownerId: subnet.OwnerId ?? "",
    imageId: image.ImageId,
    instanceType: launch.instanceType,
    architecture: image.Architecture ?? "x86_64",
    state: "pending",
    transitionReason: "",
    launchTime: new Date(),
    vpcId: subnet.VpcId ?? "",
    zone: subnet.AvailabilityZone ?? "",
    privateIp: privateAddress(world, subnet),
    networkInterfaceId: newId("eni"),
    interfaceTags: tagsFor("network-interface", launch.tagSpecifications),
    rootDevice: image.RootDeviceName ?? "/dev/xvda",
    tags: instanceTags(launch, template),
  };
};
