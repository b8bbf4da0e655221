import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyVolumeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Volume,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeInstance, startTestEc2, type TestEc2, untilState } from "../../test/support/ec2/test-ec2.ts";
import { region } from "../../test/support/test-ministack.ts";

let stage: TestEc2;

beforeAll(async () => {
  stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
});
afterAll(() => stage.close());

const inZone = (zone: string, overrides: Partial<CreateVolumeCommandInput> = {}) =>
  new CreateVolumeCommand({ AvailabilityZone: `${region}${zone}`, Size: 5, VolumeType: "gp3", ...overrides });

const describeVolume = async (volumeId: string): Promise<Volume | undefined> => {
  return (await stage.client.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }))).Volumes?.[0];
};

const untilVolume = (volumeId: string, state: string): Promise<void> =>
  vi.waitFor(async () => expect((await describeVolume(volumeId))?.State).toBe(state), { interval: 20 });

const createVolume = async (
  zone = "a",
  overrides: Partial<CreateVolumeCommandInput> = {},
): Promise<string> => {
  const { VolumeId = "" } = await stage.client.send(inZone(zone, overrides));
  await untilVolume(VolumeId, "available");
  return VolumeId;
};

const runInstance = async (SubnetId = stage.network.subnetA): Promise<string> => {
  const LaunchTemplate = { LaunchTemplateId: stage.launchTemplateId };
  const command = new RunInstancesCommand({ MinCount: 1, MaxCount: 1, SubnetId, LaunchTemplate });
  const id = (await stage.client.send(command)).Instances?.[0]?.InstanceId ?? "";
  await untilState(stage.client, id, "running");
  return id;
};

const attach = (VolumeId: string, InstanceId: string, Device = "/dev/sdf") =>
  stage.client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }));
const detach = (VolumeId: string) => stage.client.send(new DetachVolumeCommand({ VolumeId }));
const remove = (VolumeId: string) => stage.client.send(new DeleteVolumeCommand({ VolumeId }));

const filesOf = (volumeId: string, ...path: string[]): string =>
  join(stage.directory, "state/volumes", volumeId, ...path);

const deviceOf = async (instanceId: string): Promise<string[]> => {
  const machines = await stage.admin.machines();
  const root = machines.find((one) => one.instanceId === instanceId)?.root ?? "";
  return readdir(join(root, "dev"));
};

test("a volume is made once per client token, as it was asked for", async () => {
  const request = inZone("b", {
    ClientToken: "volume-1",
    Size: 20,
    Encrypted: true,
    KmsKeyId: "0123-key",
    TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "warren:volume", Value: "data" }] }],
  });

  const first = await stage.client.send(request);
  const second = await stage.client.send(request);
  const found = await describeVolume(first.VolumeId ?? "");

  expect(first.State).toBe("creating");
  expect(second.VolumeId).toBe(first.VolumeId);
  expect(found).toMatchObject({
    AvailabilityZone: `${region}b`,
    Size: 20,
    VolumeType: "gp3",
    Iops: 3000,
    Encrypted: true,
    KmsKeyId: expect.stringMatching(/^arn:aws:kms:.*:key\/0123-key$/),
    Tags: [{ Key: "warren:volume", Value: "data" }],
  });
});

test("a client token with another size is refused", async () => {
  await stage.client.send(inZone("a", { ClientToken: "volume-2" }));

  const again = stage.client.send(inZone("a", { ClientToken: "volume-2", Size: 6 }));

  await expect(again).rejects.toMatchObject({ name: "IdempotentParameterMismatch" });
});

test.each<[string, Partial<CreateVolumeCommandInput>]>([
  ["InvalidZone.NotFound", { AvailabilityZone: "mars-1a" }],
  ["InvalidParameterValue", { Size: 0 }],
  ["MissingParameter", { Size: undefined }],
  ["InvalidParameterDependency", { KmsKeyId: "key" }],
  ["InvalidSnapshot.NotFound", { Size: undefined, SnapshotId: "snap-0123456789abcdef0" }],
])("CreateVolume answers %s for %j", async (code, overrides) => {
  await expect(stage.client.send(inZone("a", overrides))).rejects.toMatchObject({ name: code });
});

test("volumes are found by tag, state, zone and attachment", async () => {
  const instanceId = await runInstance();
  const tags = [{ Key: "purpose", Value: "found" }];
  const TagSpecifications = [{ ResourceType: "volume" as const, Tags: tags }];
  const volumeId = await createVolume("a", { TagSpecifications });
  await attach(volumeId, instanceId);
  const idsWhere = async (Name: string, value: string) => {
    const Filters = [
      { Name: "tag:purpose", Values: ["found"] },
      { Name, Values: [value] },
    ];
    const { Volumes = [] } = await stage.client.send(new DescribeVolumesCommand({ Filters }));
    return Volumes.map(({ VolumeId }) => VolumeId);
  };

  expect(await idsWhere("status", "in-use")).toEqual([volumeId]);
  expect(await idsWhere("attachment.instance-id", instanceId)).toEqual([volumeId]);
  expect(await idsWhere("availability-zone", `${region}b`)).toEqual([]);
});

test("an attached volume is a device of the machine, and gone from it once detached", async () => {
  const instanceId = await runInstance();
  const volumeId = await createVolume();

  const attached = await attach(volumeId, instanceId);
  const devices = await deviceOf(instanceId);
  const instance = await describeInstance(stage.client, instanceId);
  await detach(volumeId);

  expect(attached.State).toBe("attaching");
  expect(devices).toEqual(["sdf"]);
  expect(instance.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual([
    "/dev/xvda",
    "/dev/sdf",
  ]);
  expect(await deviceOf(instanceId)).toEqual([]);
  expect((await describeVolume(volumeId))?.State).toBe("available");
});

test("a volume attaches only in its own zone", async () => {
  const instanceId = await runInstance(stage.network.subnetB);
  const volumeId = await createVolume("a");

  await expect(attach(volumeId, instanceId)).rejects.toMatchObject({ name: "InvalidVolume.ZoneMismatch" });
});

test("an attached volume is in use", async () => {
  const instanceId = await runInstance();
  const [volumeId, other] = [await createVolume(), await createVolume()];
  await attach(volumeId, instanceId);

  await expect(attach(volumeId, instanceId, "/dev/sdg")).rejects.toMatchObject({ name: "VolumeInUse" });
  await expect(remove(volumeId)).rejects.toMatchObject({ name: "VolumeInUse" });
  await expect(attach(other, instanceId)).rejects.toMatchObject({ name: "InvalidParameterValue" });
});

test("what is not there, or not attached, answers so", async () => {
  const volumeId = await createVolume();

  await expect(detach(volumeId)).rejects.toMatchObject({ name: "IncorrectState" });
  await expect(attach(volumeId, "i-0123456789abcdef0")).rejects.toMatchObject({
    name: "InvalidInstanceID.NotFound",
  });
  await expect(remove("vol-0123456789abcdef0")).rejects.toMatchObject({ name: "InvalidVolume.NotFound" });
  await expect(remove("my-volume")).rejects.toMatchObject({ name: "InvalidParameterValue" });
});

test("termination takes the root volume and leaves the data volume with its data", async () => {
  const instanceId = await runInstance();
  const volumeId = await createVolume();
  await attach(volumeId, instanceId);
  await writeFile(filesOf(volumeId, "ledger"), "42");
  const { BlockDeviceMappings = [] } = await describeInstance(stage.client, instanceId);

  await stage.client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  await untilState(stage.client, instanceId, "terminated");

  const rootId =
    BlockDeviceMappings.find(({ DeviceName }) => DeviceName === "/dev/xvda")?.Ebs?.VolumeId ?? "";
  await expect(describeVolume(rootId)).rejects.toMatchObject({ name: "InvalidVolume.NotFound" });
  expect((await describeVolume(volumeId))?.State).toBe("available");
  expect(await readFile(filesOf(volumeId, "ledger"), "utf8")).toBe("42");
});

test("a snapshot outlives its volume and makes a new one with the same data", async () => {
  const volumeId = await createVolume();
  await writeFile(filesOf(volumeId, "ledger"), "42");
  const Tags = [{ Key: "warren:slug", Value: "acme" }];
  const TagSpecifications = [{ ResourceType: "snapshot" as const, Tags }];

  const { SnapshotId = "", State } = await stage.client.send(
    new CreateSnapshotCommand({ VolumeId: volumeId, TagSpecifications }),
  );
  await remove(volumeId);
  const copyId = await createVolume("b", { Size: undefined, SnapshotId });
  const Filters = [{ Name: "tag:warren:slug", Values: ["acme"] }];
  const { Snapshots } = await stage.client.send(
    new DescribeSnapshotsCommand({ OwnerIds: ["self"], Filters }),
  );

  expect(State).toBe("pending");
  expect(Snapshots).toMatchObject([{ SnapshotId, State: "completed", VolumeId: volumeId, Tags }]);
  expect(await readFile(filesOf(copyId, "ledger"), "utf8")).toBe("42");
});

test("a deleted snapshot is gone", async () => {
  const { SnapshotId } = await stage.client.send(
    new CreateSnapshotCommand({ VolumeId: await createVolume() }),
  );

  await stage.client.send(new DeleteSnapshotCommand({ SnapshotId }));

  const again = stage.client.send(new DeleteSnapshotCommand({ SnapshotId }));
  await expect(again).rejects.toMatchObject({ name: "InvalidSnapshot.NotFound" });
});

test("a volume can be made larger, once in six hours, and never smaller", async () => {
  const volumeId = await createVolume("a", { Size: 5 });
  const modify = (Size: number) => stage.client.send(new ModifyVolumeCommand({ VolumeId: volumeId, Size }));

  await expect(modify(4)).rejects.toThrow("cannot be smaller");
  await modify(9);

  expect((await describeVolume(volumeId))?.Size).toBe(9);
  const { VolumesModifications } = await stage.client.send(
    new DescribeVolumesModificationsCommand({ VolumeIds: [volumeId] }),
  );
  expect(VolumesModifications).toMatchObject([
    { OriginalSize: 5, TargetSize: 9, ModificationState: "completed" },
  ]);
  await expect(modify(10)).rejects.toHaveProperty("name", "VolumeModificationRateExceeded");
});
