import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestEc2, type TestEc2 } from "../../../test/support/ec2/test-ec2.ts";
import { deployTask } from "../../../test/support/ec2/test-tasks.ts";
import { region } from "../../../test/support/test-ministack.ts";

let stage: TestEc2;

beforeAll(async () => {
  stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
});
afterAll(() => stage.close());

/** A task's EC2 client. */
const task = async (name: string, statements: object[]): Promise<EC2Client> =>
  new EC2Client(await deployTask(stage, name, statements));

const ec2 = (type: string): string => `arn:aws:ec2:${region}:${stage.aws.account}:${type}/*`;
const ours = { StringEquals: { "aws:RequestTag/warren:stage": "test" } };

/** What launch-instance's role allows, as lib/permissions/machine-permissions.ts writes it. */
const launchStatements = () => [
  {
    Effect: "Allow",
    Action: "ec2:RunInstances",
    Resource: [
      ec2("subnet"),
      ec2("security-group"),
      ec2("launch-template"),
      `arn:aws:ec2:${region}::image/*`,
    ],
  },
  {
    Effect: "Allow",
    Action: "ec2:RunInstances",
    Resource: [ec2("instance"), ec2("volume"), ec2("network-interface")],
    Condition: { ...ours, BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } },
  },
  {
    Effect: "Allow",
    Action: "ec2:CreateTags",
    Resource: [ec2("instance"), ec2("volume"), ec2("network-interface")],
    Condition: { StringEquals: { "ec2:CreateAction": "RunInstances" } },
  },
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: `arn:aws:iam::${stage.aws.account}:role/${stage.roleName}`,
    Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  },
];

const launch = () => {
  const Tags = [{ Key: "warren:stage", Value: "test" }];
  return new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    SubnetId: stage.network.subnetA,
    LaunchTemplate: { LaunchTemplateId: stage.launchTemplateId },
    TagSpecifications: (["instance", "volume", "network-interface"] as const).map((ResourceType) => ({
      ResourceType,
      Tags,
    })),
  });
};

const unauthorised = { name: "UnauthorizedOperation", $metadata: { httpStatusCode: 403 } };

test("a task launches with all that a launch needs", async () => {
  const client = await task("may-launch", launchStatements());

  await expect(client.send(launch())).resolves.toMatchObject({ Instances: [{}] });
});

test.each([
  ["what a launch is made from", 0, () => `ec2:RunInstances on ${ec2("subnet").replace("*", "")}`],
  ["new instances", 1, () => `ec2:RunInstances on ${ec2("instance")}`],
  ["tags on creation", 2, () => "ec2:CreateTags"],
  ["the machine's role", 3, () => "iam:PassRole"],
])("a task without the permission for %s does not launch", async (_, missing, named) => {
  const client = await task(`lacks-${missing}`, launchStatements().toSpliced(missing, 1));

  const launched = client.send(launch());

  await expect(launched).rejects.toMatchObject(unauthorised);
  await expect(launched).rejects.toThrow(named());
});

test("a task that may only describe changes nothing", async () => {
  const client = await task("describes", [{ Effect: "Allow", Action: "ec2:Describe*", Resource: "*" }]);
  const volume = new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: 1 });

  await expect(client.send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  await expect(client.send(volume)).rejects.toMatchObject(unauthorised);
});

test("a task terminates only what its condition on tags covers", async () => {
  const { Instances } = await stage.client.send(launch());
  const terminate = new TerminateInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ""] });
  const may = (slug: string) => [
    {
      Effect: "Allow",
      Action: "ec2:TerminateInstances",
      Resource: ec2("instance"),
      Condition: { StringEquals: { "aws:ResourceTag/warren:stage": slug } },
    },
  ];
  const [stranger, owner] = [await task("stranger", may("other")), await task("owner", may("test"))];

  await expect(stranger.send(terminate)).rejects.toMatchObject(unauthorised);
  await expect(owner.send(terminate)).resolves.toMatchObject({ TerminatingInstances: [{}] });
});

test("whoever is no task is not checked", async () => {
  const someone = new EC2Client({
    ...stage.access,
    userAgentAppId: "a-person",
  });

  await expect(someone.send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
});
