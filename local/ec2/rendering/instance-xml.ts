// Instances as EC2's answers show them.
import { type Answer, items } from "../protocol/xml.ts";
import { privateDnsName } from "../world/addresses.ts";
import { type Instance, type InstanceState, instanceStateCodes, type Volume } from "../world/model.ts";
import type { World } from "../world/world.ts";
import { tagSet } from "./tag-xml.ts";

export const stateXml = (state: InstanceState): Answer => ({ code: instanceStateCodes[state], name: state });

const isGone = ({ state }: Instance): boolean => state === "terminated";

const groupSet = ({ groups }: Instance): Answer =>
  items(groups.map(({ id, name }) => ({ groupId: id, groupName: name })));

/** Attached volumes by their instance's id. */
export type Attached = ReadonlyMap<string | undefined, Volume[]>;

/** One look at all volumes, however many instances are described: of ten thousand each would else look by itself. */
export const volumesByInstance = ({ volumes }: World): Attached =>
  Map.groupBy(volumes.values(), ({ attachment }) => attachment?.instanceId);

const blockDevices = (attached: Attached, { instanceId }: Instance): Answer =>
  items(
    (attached.get(instanceId) ?? []).map(({ volumeId, attachment }) => ({
      deviceName: attachment?.device,
      ebs: {
        volumeId,
        status: "attached",
        attachTime: attachment?.attachedAt,
        deleteOnTermination: attachment?.deleteOnTermination,
      },
    })),
  );

const networkInterface = (instance: Instance, region: string): Answer => {
  const { privateIp, publicIp } = instance;
  const association = publicIp && { publicIp, ipOwnerId: "amazon" };
  return {
    networkInterfaceId: instance.networkInterfaceId,
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    ownerId: instance.ownerId,
    status: "in-use",
    privateIpAddress: privateIp,
    privateDnsName: privateDnsName(privateIp, region),
    sourceDestCheck: true,
    groupSet: groupSet(instance),
    attachment: {
      deviceIndex: 0,
      status: "attached",
      attachTime: instance.launchTime,
      deleteOnTermination: true,
    },
    association: association || undefined,
    privateIpAddressesSet: items([
      { privateIpAddress: privateIp, primary: true, association: association || undefined },
    ]),
  };
};

/** A terminated instance has given its place in the network back. */
const networkXml = (instance: Instance, region: string): Answer => {
  if (isGone(instance)) return { privateDnsName: "", dnsName: "", networkInterfaceSet: "" };
  return {
    privateDnsName: privateDnsName(instance.privateIp, region),
    dnsName: "",
    privateIpAddress: instance.privateIp,
    ipAddress: instance.publicIp,
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    sourceDestCheck: true,
    groupSet: groupSet(instance),
    networkInterfaceSet: items([networkInterface(instance, region)]),
  };
};

const instanceXml = (attached: Attached, instance: Instance, region: string): Answer => {
  const { metadata, profile, stateReason } = instance;
  return {
    instanceId: instance.instanceId,
    imageId: instance.imageId,
    instanceState: stateXml(instance.state),
    ...networkXml(instance, region),
    reason: instance.transitionReason,
    amiLaunchIndex: instance.launchIndex,
    instanceType: instance.instanceType,
    launchTime: instance.launchTime,
    placement: { availabilityZone: instance.zone, groupName: "", tenancy: "default" },
    monitoring: { state: instance.monitoring ? "enabled" : "disabled" },
    stateReason: stateReason && { ...stateReason },
    architecture: instance.architecture,
    rootDeviceType: "ebs",
    rootDeviceName: instance.rootDevice,
    blockDeviceMapping: blockDevices(attached, instance),
    virtualizationType: "hvm",
    hypervisor: "xen",
    clientToken: instance.clientToken ?? "",
    tagSet: tagSet(instance.tags),
    iamInstanceProfile: profile && { arn: profile.arn, id: profile.id },
    ebsOptimized: instance.ebsOptimized,
    enaSupport: true,
    metadataOptions: { state: "applied", httpProtocolIpv6: "disabled", ...metadata },
  };
};

const reservation = (attached: Attached, instances: Instance[], region: string): Answer => {
  return {
    reservationId: instances[0]?.reservationId,
    ownerId: instances[0]?.ownerId,
    groupSet: "",
    instancesSet: items(instances.map((instance) => instanceXml(attached, instance, region))),
  };
};

/** Instances that were launched together. */
export const reservationXml = (world: World, instances: Instance[], region: string): Answer =>
  reservation(volumesByInstance(world), instances, region);

/** Any instances, those that were launched together in one reservation. */
export const reservationSet = (attached: Attached, instances: Instance[], region: string): Answer =>
  items(
    [...Map.groupBy(instances, ({ reservationId }) => reservationId).values()].map((together) =>
      reservation(attached, together, region),
    ),
  );
