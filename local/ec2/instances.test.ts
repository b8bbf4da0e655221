import { randomUUID } from "node:crypto";
import {
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  EC2Client,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  describeInstance,
  imageId,
  makeTemplate,
  startTestEc2,
  type TestEc2,
  templateData,
  untilState,
} from "../../test/support/ec2/test-ec2.ts";
import { region } from "../../test/support/test-ministack.ts";

let stage: TestEc2;

beforeAll(async () => {
  // Nobody gives these machines a secret: their boot need not wait for it.
  stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
});
afterAll(() => stage.close());

const launchInput = (overrides: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput => {
  return {
    MinCount: 1,
    MaxCount: 1,
    SubnetId: stage.network.subnetA,
    LaunchTemplate: { LaunchTemplateId: stage.launchTemplateId },
    ...overrides,
  };
};

const launch = async (overrides: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
  const { Instances } = await stage.client.send(new RunInstancesCommand(launchInput(overrides)));
  return Instances?.[0]?.InstanceId ?? "";
};

const launchRunning = async (overrides: Partial<RunInstancesCommandInput> = {}): Promise<string> => {
  const id = await launch(overrides);
  await untilState(stage.client, id, "running");
  return id;
};

const tagged = (tags: Record<string, string>) => ({
  TagSpecifications: [
    {
      ResourceType: "instance" as const,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    },
  ],
});

const idsWhere = async (Name: string, ...Values: string[]): Promise<(string | undefined)[]> => {
  const { Reservations = [] } = await stage.client.send(
    new DescribeInstancesCommand({ Filters: [{ Name, Values }] }),
  );
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
};

describe("RunInstances", () => {
  test("takes what the launch template says and answers pending", async () => {
    const { Instances, ReservationId } = await stage.client.send(new RunInstancesCommand(launchInput()));

    expect(ReservationId).toMatch(/^r-[0-9a-f]{17}$/);
    expect(Instances).toHaveLength(1);
    expect(Instances?.[0]).toMatchObject({
      InstanceId: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      State: { Code: 0, Name: "pending" },
      ImageId: imageId,
      InstanceType: "t4g.small",
      SubnetId: stage.network.subnetA,
      VpcId: stage.network.vpcId,
      Placement: { AvailabilityZone: `${region}a` },
      SecurityGroups: [{ GroupId: stage.network.groupId, GroupName: "tenants" }],
      IamInstanceProfile: { Arn: expect.stringMatching(/:instance-profile\/tenant-machine$/) },
      MetadataOptions: {
        HttpTokens: "required",
        HttpPutResponseHopLimit: 1,
        InstanceMetadataTags: "enabled",
      },
    });
  });

  test("lets the request override the template, and merges the tags", async () => {
    const id = await launch({ InstanceType: "t4g.large", ...tagged({ "warren:slug": "acme" }) });

    const instance = await describeInstance(stage.client, id);

    expect(instance.InstanceType).toBe("t4g.large");
    expect(instance.Tags).toEqual(
      expect.arrayContaining([
        { Key: "warren:stage", Value: "test" },
        { Key: "warren:slug", Value: "acme" },
        { Key: "aws:ec2launchtemplate:id", Value: stage.launchTemplateId },
      ]),
    );
  });

  test("gives a private address of the subnet and no public one", async () => {
    const id = await launch({ SubnetId: stage.network.subnetB });

    const instance = await describeInstance(stage.client, id);

    expect(instance.PrivateIpAddress).toMatch(/^10\.20\.2\.\d+$/);
    expect(instance.PublicIpAddress).toBeUndefined();
    expect(instance.NetworkInterfaces?.[0]?.Association).toBeUndefined();
  });

  test("has its root volume as a block device, sized and encrypted as the template says", async () => {
    const id = await launch();

    const { BlockDeviceMappings } = await describeInstance(stage.client, id);

    expect(BlockDeviceMappings).toMatchObject([
      {
        DeviceName: "/dev/xvda",
        Ebs: { VolumeId: expect.stringMatching(/^vol-/), DeleteOnTermination: true },
      },
    ]);
  });

  test("makes one instance per client token", async () => {
    const request = { ClientToken: randomUUID() };

    const [first, second] = await Promise.all([launch(request), launch(request)]);
    const third = await launch(request);

    expect(second).toBe(first);
    expect(third).toBe(first);
    expect(await idsWhere("client-token", request.ClientToken)).toEqual([first]);
  });

  test("refuses a client token with other parameters", async () => {
    const ClientToken = randomUUID();
    await launch({ ClientToken });

    const again = launch({ ClientToken, SubnetId: stage.network.subnetB });

    await expect(again).rejects.toMatchObject({ name: "IdempotentParameterMismatch" });
  });

  test("refuses a client token whose instance is terminated", async () => {
    const ClientToken = randomUUID();
    const id = await launch({ ClientToken });
    await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(stage.client, id, "terminated");

    await expect(launch({ ClientToken })).rejects.toMatchObject({ name: "IdempotentInstanceTerminated" });
  });

  test.each<[string, Partial<RunInstancesCommandInput>]>([
    ["InvalidLaunchTemplateId.NotFound", { LaunchTemplate: { LaunchTemplateId: "lt-0123456789abcdef0" } }],
    ["InvalidLaunchTemplateName.NotFoundException", { LaunchTemplate: { LaunchTemplateName: "nobody" } }],
    [
      "InvalidLaunchTemplateId.VersionNotFound",
      { LaunchTemplate: { LaunchTemplateName: "tenant", Version: "7" } },
    ],
    ["InvalidSubnetID.NotFound", { SubnetId: "subnet-0123456789abcdef0" }],
    ["InvalidAMIID.NotFound", { ImageId: "ami-0123456789abcdeff" }],
    ["InvalidAMIID.Malformed", { ImageId: "my-image" }],
    ["InvalidGroup.NotFound", { SecurityGroupIds: ["sg-0fedcba9876543210"] }],
    ["InvalidParameterValue", { IamInstanceProfile: { Name: "nobody" } }],
    ["InvalidParameterValue", tagged({ "not/servable": "x" })],
    ["InvalidParameterValue", tagged({ "aws:reserved": "x" })],
    ["MissingParameter", { SubnetId: undefined }],
    ["InvalidParameterCombination", { NetworkInterfaces: [{ DeviceIndex: 0 }] }],
    ["UnknownParameter", { KeyName: "a parameter that local/ec2 does not model" }],
    ["DryRunOperation", { DryRun: true }],
  ])("answers %s for %j", async (code, overrides) => {
    await expect(launch(overrides)).rejects.toMatchObject({ name: code });
  });

  test("fails for want of capacity where a test says so, and works in the next zone", async () => {
    const single = new EC2Client({
      ...stage.access,
      maxAttempts: 1,
    });
    const inZone = (SubnetId: string) => single.send(new RunInstancesCommand(launchInput({ SubnetId })));
    await stage.admin.addFault({
      action: "RunInstances",
      code: "InsufficientInstanceCapacity",
      availabilityZone: `${region}b`,
      times: 1,
    });

    await expect(inZone(stage.network.subnetB)).rejects.toMatchObject({
      name: "InsufficientInstanceCapacity",
    });
    await expect(inZone(stage.network.subnetA)).resolves.toMatchObject({ Instances: [{}] });
    await expect(inZone(stage.network.subnetB)).resolves.toMatchObject({ Instances: [{}] });
  });

  test("keeps what it made when its answer is lost, so that the client token finds it again", async () => {
    const ClientToken = randomUUID();
    const fault = { action: "RunInstances", code: "InternalError", when: "after" as const, times: 1 };
    await stage.admin.addFault(fault);

    // The SDK repeats a call that failed with 500 by itself.
    const id = await launch({ ClientToken });

    expect(await idsWhere("client-token", ClientToken)).toEqual([id]);
  });
});

describe("states", () => {
  test("an instance runs, stops, starts and keeps its address", async () => {
    const id = await launchRunning();
    const { PrivateIpAddress: before } = await describeInstance(stage.client, id);

    const stopping = await stage.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
    const stopped = await untilState(stage.client, id, "stopped");
    const starting = await stage.client.send(new StartInstancesCommand({ InstanceIds: [id] }));
    const running = await untilState(stage.client, id, "running");

    expect(stopping.StoppingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 16, Name: "running" },
        CurrentState: { Code: 64, Name: "stopping" },
      },
    ]);
    expect(stopped.StateReason?.Code).toBe("Client.UserInitiatedShutdown");
    expect(starting.StartingInstances).toMatchObject([
      { PreviousState: { Name: "stopped" }, CurrentState: { Name: "pending" } },
    ]);
    expect(running.PrivateIpAddress).toBe(before);
  });

  test("a terminated instance stays visible, without volumes and network", async () => {
    const id = await launchRunning();

    const answer = await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    const instance = await untilState(stage.client, id, "terminated");

    expect(answer.TerminatingInstances).toMatchObject([
      { PreviousState: { Name: "running" }, CurrentState: { Name: "shutting-down" } },
    ]);
    expect(instance.BlockDeviceMappings).toEqual([]);
    expect(instance.PrivateIpAddress).toBeUndefined();
  });

  test("calls that a state does not allow answer IncorrectInstanceState", async () => {
    const id = await launchRunning();
    await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await untilState(stage.client, id, "terminated");
    const ids = { InstanceIds: [id] };

    for (const command of [
      new StartInstancesCommand(ids),
      new StopInstancesCommand(ids),
      new RebootInstancesCommand(ids),
    ]) {
      await expect(stage.client.send(command as StartInstancesCommand)).rejects.toMatchObject({
        name: "IncorrectInstanceState",
      });
    }
    await expect(stage.client.send(new TerminateInstancesCommand(ids))).resolves.toMatchObject({
      TerminatingInstances: [{ CurrentState: { Name: "terminated" } }],
    });
  });

  test("a protected instance is not terminated", async () => {
    const id = await launchRunning();
    const protect = (Value: boolean) =>
      stage.client.send(
        new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiTermination: { Value } }),
      );
    const terminate = () => stage.client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await protect(true);

    await expect(terminate()).rejects.toMatchObject({ name: "OperationNotPermitted" });
    await protect(false);
    await expect(terminate()).resolves.toMatchObject({ TerminatingInstances: [{ InstanceId: id }] });
  });

  test("one unknown id among several changes nothing", async () => {
    const id = await launchRunning();

    const stop = stage.client.send(new StopInstancesCommand({ InstanceIds: [id, "i-0123456789abcdef0"] }));

    await expect(stop).rejects.toMatchObject({ name: "InvalidInstanceID.NotFound" });
    expect((await describeInstance(stage.client, id)).State?.Name).toBe("running");
  });
});

describe("DescribeInstances", () => {
  test("filters by tags, with wildcards", async () => {
    const acme = await launch(tagged({ "warren:slug": "filter-acme", extra: "1" }));
    const bond = await launch(tagged({ "warren:slug": "filter-bond" }));

    expect(await idsWhere("tag:warren:slug", "filter-acme")).toEqual([acme]);
    expect((await idsWhere("tag:warren:slug", "filter-*")).toSorted()).toEqual([acme, bond].toSorted());
    expect(await idsWhere("tag-key", "extra")).toEqual([acme]);
  });

  test("filters by subnet, zone, network and state", async () => {
    const id = await launchRunning({ SubnetId: stage.network.subnetB });

    expect(await idsWhere("subnet-id", stage.network.subnetB)).toContain(id);
    expect(await idsWhere("availability-zone", `${region}a`)).not.toContain(id);
    expect(await idsWhere("vpc-id", stage.network.vpcId)).toContain(id);
    expect(await idsWhere("instance-state-name", "pending", "running")).toContain(id);
    expect(await idsWhere("instance-state-name", "stopped")).not.toContain(id);
  });

  test("refuses a filter that it does not know", async () => {
    await expect(idsWhere("no-such-filter", "x")).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("answers in pages", async () => {
    const token = tagged({ paged: "yes" });
    const all = await Promise.all(Array.from({ length: 6 }, () => launch(token)));
    const Filters = [{ Name: "tag-key", Values: ["paged"] }];
    const idsOf = (page: {
      Reservations?: { Instances?: { InstanceId?: string | undefined }[] | undefined }[] | undefined;
    }) =>
      page.Reservations?.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)) ?? [];

    const first = await stage.client.send(new DescribeInstancesCommand({ Filters, MaxResults: 5 }));
    const second = await stage.client.send(
      new DescribeInstancesCommand({ Filters, MaxResults: 5, NextToken: first.NextToken }),
    );

    expect(idsOf(first)).toHaveLength(5);
    expect(second.NextToken).toBeUndefined();
    expect([...idsOf(first), ...idsOf(second)].toSorted()).toEqual(all.toSorted());
  });

  test.each([
    ["i-0123456789abcdef0", "InvalidInstanceID.NotFound"],
    ["my-instance", "InvalidInstanceID.Malformed"],
  ])("answers %s with %s", async (id, code) => {
    await expect(describeInstance(stage.client, id)).rejects.toMatchObject({ name: code });
  });

  test("tells the status of running instances, and of others when asked", async () => {
    const id = await launchRunning();
    const status = async (IncludeAllInstances: boolean) => {
      const command = new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances });
      return (await stage.client.send(command)).InstanceStatuses?.map((one) => one.InstanceStatus?.Status);
    };

    expect(await status(false)).toEqual(["ok"]);
    await stage.client.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect(await status(false)).toEqual([]);
    expect(await status(true)).toEqual(["not-applicable"]);
  });
});

test("the console tells how far a boot came", async () => {
  const id = await launchRunning();

  const output = async (): Promise<string> => {
    const { Output = "" } = await stage.client.send(new GetConsoleOutputCommand({ InstanceId: id }));
    return Buffer.from(Output, "base64").toString();
  };

  await expect.poll(output, { timeout: 5_000 }).toContain('"step":"identity","outcome":"failed"');
});

test("tags are changed and described, those of MiniStack's resources too", async () => {
  const id = await launch();
  const own = new CreateTagsCommand({ Resources: [id], Tags: [{ Key: "colour", Value: "red" }] });
  const theirs = new CreateTagsCommand({
    Resources: [stage.network.vpcId],
    Tags: [{ Key: "colour", Value: "blue" }],
  });

  await stage.client.send(own);
  await stage.client.send(theirs);
  const Filters = [{ Name: "key", Values: ["colour"] }];
  const { Tags } = await stage.client.send(new DescribeTagsCommand({ Filters }));

  expect(Tags).toHaveLength(2);
  expect(Tags).toEqual(
    expect.arrayContaining([
      { ResourceId: id, ResourceType: "instance", Key: "colour", Value: "red" },
      expect.objectContaining({ ResourceId: stage.network.vpcId, Value: "blue" }),
    ]),
  );
});

test("other calls pass through to MiniStack with their signature intact", async () => {
  const stranger = new EC2Client({
    region,
    endpoint: stage.ec2.url,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "not-the-key" },
  });

  const { Subnets } = await stage.client.send(
    new DescribeSubnetsCommand({ SubnetIds: [stage.network.subnetA] }),
  );

  expect(Subnets).toHaveLength(1);
  await expect(stranger.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({ name: "AuthFailure" });
});

test("every call of ours is recorded with its caller's app id", async () => {
  const task = new EC2Client({
    ...stage.access,
    userAgentAppId: "launch-instance",
  });

  await task.send(new RunInstancesCommand(launchInput()));
  const calls = await stage.admin.calls();

  expect(calls).toContainEqual(expect.objectContaining({ action: "RunInstances", app: "launch-instance" }));
});

test("a template's network interface excludes a subnet on the request, as on EC2", async () => {
  const data = templateData(stage.network, stage.roleName);
  const { SecurityGroupIds: _, ...rest } = data;
  const template = await makeTemplate(stage.client, "with-interface", {
    ...rest,
    NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: [stage.network.groupId] }],
  });

  await expect(launch({ LaunchTemplate: { LaunchTemplateId: template } })).rejects.toMatchObject({
    name: "InvalidParameterCombination",
  });
});
