// What an instance is launched into (template, subnet, image, groups, profile) belongs to MiniStack: read there.
import {
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  type Image,
  type LaunchTemplateVersion,
  type SecurityGroup,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand, type IAMClient } from "@aws-sdk/client-iam";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import type { InstanceProfile } from "../world/model.ts";

/** Clients that speak to MiniStack as administrator. */
export interface Clients {
  ec2: EC2Client;
  iam: IAMClient;
  ssm: SSMClient;
  sts: STSClient;
}

export interface TemplateReference {
  LaunchTemplateId?: string | undefined;
  LaunchTemplateName?: string | undefined;
  /** A number, `$Default` (the default) or `$Latest`. */
  Version?: string | undefined;
}

/** MiniStack's "not found", whatever it calls it, becomes undefined; its other refusals are the caller's to see. */
const unlessMissing = async <T>(request: Promise<T>): Promise<T | undefined> => {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (/NotFound|NoSuchEntity/.test(error.name)) return undefined;
    throw error.name.startsWith("Invalid") ? new Ec2Error(error.name, error.message) : error;
  }
};

const describeReference = ({ LaunchTemplateId: id, LaunchTemplateName: name }: TemplateReference): string =>
  id ? `with template ID ${id}` : `named ${name}`;

const noTemplate = (reference: TemplateReference): Ec2Error =>
  new Ec2Error(
    reference.LaunchTemplateId
      ? "InvalidLaunchTemplateId.NotFound"
      : "InvalidLaunchTemplateName.NotFoundException",
    `The specified launch template, ${describeReference(reference)}, does not exist.`,
  );

export const readTemplate = async (
  { ec2 }: Clients,
  reference: TemplateReference,
): Promise<LaunchTemplateVersion> => {
  const { Version = "$Default", ...template } = reference;
  const answer = await unlessMissing(
    ec2.send(new DescribeLaunchTemplateVersionsCommand({ ...template, Versions: [Version] })),
  );
  if (!answer) throw noTemplate(reference);
  const [version] = answer.LaunchTemplateVersions ?? [];
  if (version) return version;
  throw new Ec2Error(
    "InvalidLaunchTemplateId.VersionNotFound",
    `Could not find the specified version ${Version} for the launch template ${describeReference(reference)}.`,
  );
};

export const readSubnet = async ({ ec2 }: Clients, id: string): Promise<Subnet> => {
  const answer = await unlessMissing(ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] })));
  const subnet = answer?.Subnets?.find(({ SubnetId }) => SubnetId === id);
  if (subnet) return subnet;
  throw new Ec2Error("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
};

const fromParameter = "resolve:ssm:";

/** An AMI's id, or `resolve:ssm:<parameter>` as launch templates allow it. */
const imageId = async ({ ssm }: Clients, reference: string): Promise<string> => {
  if (!reference.startsWith(fromParameter)) return reference;
  const name = reference.slice(fromParameter.length);
  const answer = await unlessMissing(ssm.send(new GetParameterCommand({ Name: name })));
  if (answer?.Parameter?.Value) return answer.Parameter.Value;
  throw invalidParameter(`The SSM parameter ${name} that names the AMI does not exist`);
};

export const readImage = async (
  clients: Clients,
  reference: string,
): Promise<Image & { ImageId: string }> => {
  const id = await imageId(clients, reference);
  if (!/^ami-[0-9a-f]{8,17}$/.test(id)) throw new Ec2Error("InvalidAMIID.Malformed", `Invalid id: "${id}"`);
  const answer = await unlessMissing(clients.ec2.send(new DescribeImagesCommand({ ImageIds: [id] })));
  const image = answer?.Images?.find(({ ImageId }) => ImageId === id);
  if (image) return { ...image, ImageId: id };
  throw new Ec2Error("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
};

/** With their rules as they are now. */
export const readSecurityGroups = async (
  { ec2 }: Pick<Clients, "ec2">,
  ids: string[],
): Promise<SecurityGroup[]> => {
  if (ids.length === 0) return [];
  const answer = await unlessMissing(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ids })));
  return answer?.SecurityGroups ?? [];
};

export const readGroups = async (
  clients: Clients,
  ids: string[],
): Promise<{ id: string; name: string }[]> => {
  const groups = await readSecurityGroups(clients, ids);
  const names = new Map(groups.map(({ GroupId, GroupName }) => [GroupId, GroupName]));
  return ids.map((id) => {
    const name = names.get(id);
    if (name !== undefined) return { id, name };
    throw new Ec2Error("InvalidGroup.NotFound", `The security group '${id}' does not exist`);
  });
};

/** The profile that a launch names by name or ARN, with its one role. */
export const readProfile = async ({ iam }: Clients, nameOrArn: string): Promise<InstanceProfile> => {
  const name = nameOrArn.split("/").at(-1);
  const answer = await unlessMissing(iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })));
  const profile = answer?.InstanceProfile;
  const { RoleName: roleName, Arn: roleArn } = profile?.Roles?.[0] ?? {};
  if (profile?.Arn && profile.InstanceProfileId && roleName && roleArn) {
    return { arn: profile.Arn, id: profile.InstanceProfileId, roleName, roleArn };
  }
  throw invalidParameter(
    `Value (${nameOrArn}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
  );
};

/** The AWS account's id. */
export const readAccountId = async ({ sts }: Clients): Promise<string> => {
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  return Account;
};

/** Names of the region's zones. */
export const readZones = async ({ ec2 }: Clients): Promise<string[]> => {
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
  return AvailabilityZones.map(({ ZoneName = "" }) => ZoneName);
};
