// An instance's profile and groups changed by hand as EC2 allows it, and put back as our tasks do it.
import {
  AssociateIamInstanceProfileCommand,
  CreateSecurityGroupCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DisassociateIamInstanceProfileCommand,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ReplaceIamInstanceProfileAssociationCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  GetInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Access, instanceAccess } from "../../core/aws/instance-access.ts";
import { describeInstance, startTestEc2, type TestEc2, untilState } from "../../test/support/ec2/test-ec2.ts";

let stage: TestEc2;
let own: Access;
let otherGroup = "";
const otherProfile = "other-machine";

beforeAll(async () => {
  stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
  const { iam, client, network, roleName } = stage;
  const { InstanceProfile } = await iam.send(
    new GetInstanceProfileCommand({ InstanceProfileName: roleName }),
  );
  own = { profileArn: InstanceProfile?.Arn ?? "", securityGroupId: network.groupId };
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: otherProfile }));
  await iam.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: otherProfile, RoleName: roleName }),
  );
  const group = { VpcId: network.vpcId, GroupName: "other", Description: "somebody's" };
  otherGroup = (await client.send(new CreateSecurityGroupCommand(group))).GroupId ?? "";
});
afterAll(() => stage.close());

const launch = async (): Promise<string> => {
  const { Instances } = await stage.client.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      SubnetId: stage.network.subnetA,
      LaunchTemplate: { LaunchTemplateId: stage.launchTemplateId },
    }),
  );
  const id = Instances?.[0]?.InstanceId ?? "";
  await untilState(stage.client, id, "running");
  return id;
};

const associationOf = async (id: string): Promise<string> => {
  const { IamInstanceProfileAssociations: [association] = [] } = await stage.client.send(
    new DescribeIamInstanceProfileAssociationsCommand({ Filters: [{ Name: "instance-id", Values: [id] }] }),
  );
  return association?.AssociationId ?? "";
};

const accessOf = async (id: string) => {
  const {
    IamInstanceProfile,
    SecurityGroups = [],
    NetworkInterfaces,
  } = await describeInstance(stage.client, id);
  expect(NetworkInterfaces?.[0]?.Groups).toEqual(SecurityGroups);
  return { profile: IamInstanceProfile?.Arn, groups: SecurityGroups.map(({ GroupId }) => GroupId) };
};

const takeProfile = async (id: string) =>
  stage.client.send(new DisassociateIamInstanceProfileCommand({ AssociationId: await associationOf(id) }));
const replaceProfile = async (id: string) =>
  stage.client.send(
    new ReplaceIamInstanceProfileAssociationCommand({
      AssociationId: await associationOf(id),
      IamInstanceProfile: { Name: otherProfile },
    }),
  );
const changeGroups = (id: string, ...Groups: string[]) =>
  stage.client.send(new ModifyInstanceAttributeCommand({ InstanceId: id, Groups }));

describe("an instance's access", () => {
  it("is changed by a profile taken away or replaced, and by other groups", async () => {
    const [one, two] = await Promise.all([launch(), launch()]);
    await Promise.all([takeProfile(one), replaceProfile(two), changeGroups(two, otherGroup)]);

    expect(await accessOf(one)).toEqual({ profile: undefined, groups: [own.securityGroupId] });
    expect(await accessOf(two)).toEqual({
      profile: expect.stringContaining(otherProfile),
      groups: [otherGroup],
    });
  });

  it("is put back wherever it differs, and told", async () => {
    const [one, two, three] = await Promise.all([launch(), launch(), launch()]);
    await takeProfile(one);
    await replaceProfile(two);
    await changeGroups(two, own.securityGroupId, otherGroup);

    const told = await Promise.all(
      [one, two, three].map((id) => instanceAccess(stage.client).correct(id, own)),
    );

    const profile = "its instance profile";
    expect(told).toEqual([[profile], [profile, "its security group"], []]);
    const access = { profile: own.profileArn, groups: [own.securityGroupId] };
    expect(await Promise.all([one, two, three].map(accessOf))).toEqual([access, access, access]);
  });

  it.each([
    ["InvalidGroup.NotFound", (id: string) => changeGroups(id, "sg-0fedcba9876543210")],
    [
      "IncorrectState",
      (id: string) =>
        stage.client.send(
          new AssociateIamInstanceProfileCommand({
            InstanceId: id,
            IamInstanceProfile: { Name: otherProfile },
          }),
        ),
    ],
    [
      "InvalidNetworkInterfaceID.NotFound",
      () =>
        stage.client.send(
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: "eni-0fedcba9876543210",
            Groups: [otherGroup],
          }),
        ),
    ],
  ])("is refused with %s, and nothing changes", async (name, change) => {
    const id = await launch();

    await expect(change(id)).rejects.toMatchObject({ name });
    expect(await accessOf(id)).toEqual({ profile: own.profileArn, groups: [own.securityGroupId] });
  });
});
