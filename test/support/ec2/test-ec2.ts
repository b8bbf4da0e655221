// A local EC2 on a MiniStack of its own, with a network, a role and a launch template to launch into.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  EC2Client,
  type Instance,
  type InstanceStateName,
  type RequestLaunchTemplateData,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { SSMClient } from "@aws-sdk/client-ssm";
import { vi } from "vitest";
import { tagKeys } from "../../../core/tenant/tags.ts";
import { type Ec2, type Ec2Options, startEc2 } from "../../../local/ec2/ec2.ts";
import { type Ec2Admin, ec2Admin } from "../../../local/ec2/server/admin-client.ts";
import { newTestAccount, type TestAccount } from "../test-account.ts";
import { region } from "../test-ministack.ts";

/** One of the images that MiniStack knows. */
export const imageId = "ami-0c2023a1b2c3d4e5f";

export interface TestEc2 {
  ec2: Ec2;
  admin: Ec2Admin;
  /** where this EC2's directories are */
  directory: string;
  /** what is no instance's, volume's or snapshot's */
  aws: TestAccount;
  /** for clients that speak to the local EC2, which answers Run Command too */
  access: TestAccount["client"];
  /** speaks to the local EC2 */
  client: EC2Client;
  ssm: SSMClient;
  iam: IAMClient;
  network: Network;
  /** unique id of the instance role */
  roleId: string;
  roleName: string;
  launchTemplateId: string;
  close(): Promise<void>;
}

interface Network {
  vpcId: string;
  groupId: string;
  subnetA: string;
  subnetB: string;
}

const need = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("MiniStack's answer lacks what the test needs");
  return value;
};

/** As the network stack makes it: HTTPS and tunnels, instead of the everything that a new group allows. */
const allowOutbound = async (client: EC2Client, GroupId: string): Promise<void> => {
  const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
  const allow = (IpProtocol: string, port: number) => ({
    IpProtocol,
    FromPort: port,
    ToPort: port,
    ...anywhere,
  });
  const everything = { GroupId, IpPermissions: [{ IpProtocol: "-1", ...anywhere }] };
  await client.send(new RevokeSecurityGroupEgressCommand(everything));
  const IpPermissions = [allow("tcp", 443), allow("tcp", 7844), allow("udp", 7844)];
  await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
};

const makeNetwork = async (client: EC2Client): Promise<Network> => {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
  const vpcId = need(Vpc?.VpcId);
  const subnet = async (CidrBlock: string, zone: string): Promise<string> => {
    const place = { VpcId: vpcId, CidrBlock, AvailabilityZone: `${region}${zone}` };
    return need((await client.send(new CreateSubnetCommand(place))).Subnet?.SubnetId);
  };
  const group = { VpcId: vpcId, GroupName: "tenants", Description: "no way in" };
  const { GroupId } = await client.send(new CreateSecurityGroupCommand(group));
  await allowOutbound(client, need(GroupId));
  return {
    vpcId,
    groupId: need(GroupId),
    subnetA: await subnet("10.20.1.0/24", "a"),
    subnetB: await subnet("10.20.2.0/24", "b"),
  };
};

/** As the control plane's stack makes it: a machine reads only parameters that name it as their reader. */
const readOwnParameters = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: "*",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM policies, not of JavaScript
      Condition: { StringEquals: { [`aws:ResourceTag/${tagKeys.reader}`]: "${aws:userid}" } },
    },
  ],
};

const makeRole = async (iam: IAMClient, name: string): Promise<string> => {
  const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  const policy = { PolicyName: "read-own", PolicyDocument: JSON.stringify(readOwnParameters) };
  await iam.send(new PutRolePolicyCommand({ RoleName: name, ...policy }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: name }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  return need(Role?.RoleId);
};

export const makeTemplate = async (
  client: EC2Client,
  name: string,
  data: RequestLaunchTemplateData,
): Promise<string> => {
  const command = new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data });
  return need((await client.send(command)).LaunchTemplate?.LaunchTemplateId);
};

/** What the control plane's launch template says, apart from the tags. */
export const templateData = ({ groupId }: Network, profile: string): RequestLaunchTemplateData => ({
  ImageId: imageId,
  InstanceType: "t4g.small",
  SecurityGroupIds: [groupId],
  IamInstanceProfile: { Name: profile },
  MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1, InstanceMetadataTags: "enabled" },
  BlockDeviceMappings: [
    { DeviceName: "/dev/xvda", Ebs: { VolumeSize: 10, VolumeType: "gp3", Encrypted: true } },
  ],
  TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: tagKeys.stage, Value: "test" }] }],
});

export const startTestEc2 = async (options: Partial<Ec2Options> = {}): Promise<TestEc2> => {
  const directory = await mkdtemp(join(tmpdir(), "warren-ec2-"));
  const aws = newTestAccount();
  const ec2 = await startEc2({
    ministackUrl: aws.url,
    region,
    credentials: aws.client.credentials,
    edge: { address: "127.0.0.1:9", caFile: "/nonexistent" },
    stateDir: join(directory, "state"),
    logDir: join(directory, "logs"),
    ...options,
  });
  const access = { ...aws.client, endpoint: ec2.url };
  const client = new EC2Client(access);
  const iam = new IAMClient(aws.client);
  const network = await makeNetwork(client);
  const roleName = "tenant-machine";
  const roleId = await makeRole(iam, roleName);
  return {
    ec2,
    directory,
    aws,
    access,
    client,
    iam,
    network,
    roleId,
    roleName,
    admin: ec2Admin(ec2.url),
    ssm: new SSMClient(aws.client),
    launchTemplateId: await makeTemplate(client, "tenant", templateData(network, roleName)),
    close: async () => {
      await ec2.close();
      await rm(directory, { recursive: true });
    },
  };
};

export const describeInstance = async (client: EC2Client, instanceId: string): Promise<Instance> => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  return need(Reservations?.[0]?.Instances?.[0]);
};

/** Polls until the instance is in the state, as SDK waiters do, only faster. */
export const untilState = (
  client: EC2Client,
  instanceId: string,
  state: InstanceStateName,
): Promise<Instance> =>
  vi.waitFor(
    async () => {
      const instance = await describeInstance(client, instanceId);
      if (instance.State?.Name !== state)
        throw new Error(`${instanceId} is ${instance.State?.Name}, not ${state}`);
      return instance;
    },
    { timeout: 10_000, interval: 30 },
  );

/** An instance's console. */
export const readConsole = ({ directory }: TestEc2, instanceId: string): Promise<string> =>
  readFile(join(directory, "logs/machines", `${instanceId}.log`), "utf8");
