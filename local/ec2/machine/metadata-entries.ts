// What an instance's metadata service knows, as paths to texts: from the instance's record and its credentials.
import { privateDnsName } from "../world/addresses.ts";
import type { Instance } from "../world/model.ts";
import type { Metadata } from "./messages.ts";
import type { MachineCredentials } from "./role-copy.ts";

const identityDocument = (instance: Instance, region: string): string =>
  JSON.stringify({
    accountId: instance.ownerId,
    architecture: instance.architecture,
    availabilityZone: instance.zone,
    imageId: instance.imageId,
    instanceId: instance.instanceId,
    instanceType: instance.instanceType,
    pendingTime: instance.launchTime.toISOString(),
    privateIp: instance.privateIp,
    region,
    version: "2017-09-30",
  });

const credentialEntries = (
  { profile }: Instance,
  credentials?: MachineCredentials,
): Record<string, string> => {
  if (!profile || !credentials) return {};
  const info = { Code: "Success", InstanceProfileArn: profile.arn, InstanceProfileId: profile.id };
  const document = {
    Code: "Success",
    Type: "AWS-HMAC",
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: credentials.expiration.toISOString(),
  };
  return {
    "meta-data/iam/info": JSON.stringify(info),
    [`meta-data/iam/security-credentials/${profile.roleName}`]: JSON.stringify(document),
  };
};

const tagEntries = ({ metadata, tags }: Instance): Record<string, string> => {
  if (metadata.instanceMetadataTags === "disabled") return {};
  return Object.fromEntries([...tags].map(([key, value]) => [`meta-data/tags/instance/${key}`, value]));
};

export const metadataOf = (
  instance: Instance,
  region: string,
  credentials?: MachineCredentials,
): Metadata => {
  const { httpTokens, httpEndpoint } = instance.metadata;
  const localName = privateDnsName(instance.privateIp, region);
  const entries = {
    "meta-data/ami-id": instance.imageId,
    "meta-data/ami-launch-index": String(instance.launchIndex),
    "meta-data/hostname": localName,
    "meta-data/instance-id": instance.instanceId,
    "meta-data/instance-type": instance.instanceType,
    "meta-data/local-hostname": localName,
    "meta-data/local-ipv4": instance.privateIp,
    "meta-data/placement/availability-zone": instance.zone,
    "meta-data/placement/region": region,
    "meta-data/reservation-id": instance.reservationId,
    "dynamic/instance-identity/document": identityDocument(instance, region),
    ...tagEntries(instance),
    ...credentialEntries(instance, credentials),
  };
  return { httpTokens, httpEndpoint, entries };
};
