import { DescribeInstancesCommand, DescribeVolumesCommand, type Tag } from "@aws-sdk/client-ec2";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestEc2, type TestEc2 } from "../../test/support/ec2/test-ec2.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { region } from "../../test/support/test-ministack.ts";
import { CapacityError, InstanceLostError, MachineNotReadyError, VolumeNotReadyError } from "../errors.ts";
import type { TenantKey } from "../tenant/names.ts";
import { clientToken } from "./client-token.ts";
import { type Instances, instances } from "./instances.ts";
import { type Snapshots, snapshots } from "./snapshots.ts";
import { dataVolumeOf, type Volumes, volumes } from "./volumes.ts";

interface Subject {
  instances: Instances;
  volumes: Volumes;
  snapshots: Snapshots;
  launchTemplateId: string;
  /** in the zone of that letter */
  subnets: { a: string; b: string };
  /** From now on this subnet has no room. */
  fill(subnetId: string): Promise<void>;
}

/** Each test has an incarnation of its own. */
const contract = (subject: () => Subject) => {
  const newTenant = (): TenantKey => ({ stage: "test", slug: "acme", generation: ulid() });

  const launch = (of: TenantKey, subnetId = subject().subnets.a) =>
    subject().instances.run({
      of,
      subnetId,
      hostname: "acme.example.test",
      launchTemplateId: subject().launchTemplateId,
      clientToken: clientToken(of.generation, subnetId),
    });

  const newVolume = (of: TenantKey) => ({
    of,
    zone: `${region}a`,
    sizeGib: 1,
    clientToken: clientToken(of.generation, "data"),
  });

  it("starts one machine for one client token, and finds it by its owner", async () => {
    const of = newTenant();

    const first = await launch(of);
    const second = await launch(of);

    expect(second.id).toBe(first.id);
    expect(await subject().instances.find(of)).toMatchObject([{ id: first.id, zone: `${region}a` }]);
    expect(await subject().instances.find(newTenant())).toEqual([]);
  });

  it("says when a subnet has no room, and starts the machine in another", async () => {
    const of = newTenant();
    await subject().fill(subject().subnets.b);

    await expect(launch(of, subject().subnets.b)).rejects.toBeInstanceOf(CapacityError);

    expect((await launch(of)).zone).toBe(`${region}a`);
  });

  it("waits for a machine to run and to end, and still finds it then", async () => {
    const of = newTenant();
    const { id } = await launch(of);
    const { instances } = subject();

    await instances.untilRunning(id);
    await instances.terminate([id]);
    await instances.untilTerminated([id]);
    await instances.terminate([id]);

    expect(await instances.find(of)).toMatchObject([{ id, state: "terminated" }]);
    await expect(instances.untilRunning(id)).rejects.toBeInstanceOf(InstanceLostError);
  });

  it("has nothing to do for no machines", async () => {
    await subject().instances.terminate([]);
    await subject().instances.untilTerminated([]);
    await subject().instances.untilStopped([]);
  });

  it("starts another machine for the token of one that has ended, and one only", async () => {
    const of = newTenant();
    const { instances } = subject();
    const { id } = await launch(of);
    await instances.untilRunning(id);
    await instances.terminate([id]);
    await instances.untilTerminated([id]);

    const second = await launch(of);
    const third = await launch(of);

    expect(second.id).not.toBe(id);
    expect(third.id).toBe(second.id);
  });

  it("stops a machine and starts it again, whatever was done already", async () => {
    const of = newTenant();
    const { instances } = subject();
    const { id } = await launch(of);
    await instances.untilRunning(id);
    expect(await instances.check(id)).toBe("ok");

    await instances.stop(id, false);
    await instances.stop(id, true);
    await instances.untilStopped([id]);
    await instances.stop(id, false);
    expect(await instances.find(of)).toMatchObject([{ id, state: "stopped" }]);
    expect(await instances.check(id)).toBe("unknown");
    await expect(instances.reboot(id)).rejects.toBeInstanceOf(MachineNotReadyError);

    await instances.start(id);
    await instances.untilRunning(id);
    await instances.start(id);
    await instances.reboot(id);
    expect(await instances.find(of)).toMatchObject([{ id, state: "running" }]);
  });

  it("takes a machine that has ended for stopped, and starts it no more", async () => {
    const { instances } = subject();
    const { id } = await launch(newTenant());
    await instances.untilRunning(id);
    await instances.terminate([id]);
    await instances.untilTerminated([id]);

    await instances.untilStopped([id]);

    await expect(instances.start(id)).rejects.toBeInstanceOf(MachineNotReadyError);
    await expect(instances.stop(id, false)).rejects.toBeInstanceOf(MachineNotReadyError);
  });

  it("makes one volume for one client token, attaches it, and frees it with the machine's end", async () => {
    const of = newTenant();
    const { instances, volumes } = subject();
    const machine = await launch(of);
    const id = await volumes.create(newVolume(of));
    expect(await volumes.create(newVolume(of))).toBe(id);

    await Promise.all([volumes.untilAvailable(id), instances.untilRunning(machine.id)]);
    await volumes.attach(id, machine.id);

    const attached = dataVolumeOf(await volumes.find(of));
    expect(attached).toMatchObject({ id, zone: `${region}a`, attachment: { instanceId: machine.id } });
    await expect(volumes.attach(id, machine.id)).rejects.toBeInstanceOf(VolumeNotReadyError);
    await expect(volumes.delete(id)).rejects.toBeInstanceOf(VolumeNotReadyError);

    await instances.terminate([machine.id]);
    await instances.untilTerminated([machine.id]);
    await volumes.untilAvailable(id);

    expect(await volumes.find(of)).toMatchObject([{ id, role: "data", attachment: undefined }]);
  });

  it("moves a volume from a stopped machine to another, whatever was done already", async () => {
    const of = newTenant();
    const { instances, volumes } = subject();
    const [from, to] = [await launch(of), await launch(newTenant())];
    const id = await volumes.create(newVolume(of));
    await Promise.all([
      volumes.untilAvailable(id),
      ...[from, to].map((one) => instances.untilRunning(one.id)),
    ]);
    await volumes.attach(id, from.id);
    await instances.stop(from.id, false);
    await instances.untilStopped([from.id]);

    await volumes.detach(id, to.id);
    await volumes.detach(id, from.id);
    await volumes.detach(id, from.id);
    await volumes.untilAvailable(id);
    await volumes.attach(id, to.id);

    expect(dataVolumeOf(await volumes.find(of))).toMatchObject({ id, attachment: { instanceId: to.id } });
  });

  it("keeps a snapshot for each replacement, and none of them for the last one", async () => {
    const of = newTenant();
    const { volumes, snapshots } = subject();
    const id = await volumes.create(newVolume(of));
    await volumes.untilAvailable(id);

    const first = await snapshots.ensure(of, id, { attempt: 1 });

    expect(await snapshots.ensure(of, id, { attempt: 1 })).toBe(first);
    const others = [
      await snapshots.ensure(of, id, { attempt: 2 }),
      await snapshots.ensure(of, id, "removal"),
    ];
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it("finds all snapshots, knows the last one, and deletes one once and for all", async () => {
    const of = newTenant();
    const { volumes, snapshots } = subject();
    const id = await volumes.create(newVolume(of));
    await volumes.untilAvailable(id);
    const stale = await snapshots.ensure(of, id, { attempt: 1 });
    const last = await snapshots.ensure(of, id, "removal");
    await snapshots.untilCompleted(last);

    expect((await snapshots.find(of)).toSorted((one) => (one.isLast ? 1 : -1))).toEqual([
      { id: stale, isLast: false },
      { id: last, isLast: true },
    ]);
    await snapshots.delete(stale);
    await snapshots.delete(stale);

    expect(await snapshots.find(of)).toEqual([{ id: last, isLast: true }]);
  });

  it("keeps one snapshot of a volume, and finds the volume no more once it is deleted", async () => {
    const of = newTenant();
    const { volumes, snapshots } = subject();
    const id = await volumes.create(newVolume(of));
    await volumes.untilAvailable(id);

    const snapshotId = await snapshots.ensure(of, id, "removal");
    await snapshots.untilCompleted(snapshotId);
    expect(await snapshots.ensure(of, id, "removal")).toBe(snapshotId);
    await volumes.delete(id);
    await volumes.delete(id);

    expect(await volumes.find(of)).toEqual([]);
  });
};

describe("EC2 in memory", () => {
  const memory = memoryEc2({ "subnet-a": `${region}a`, "subnet-b": `${region}b` });

  contract(() => ({
    ...memory,
    launchTemplateId: "lt-1",
    subnets: { a: "subnet-a", b: "subnet-b" },
    fill: async (subnetId) => void memory.full.add(subnetId),
  }));
});

describe("EC2", () => {
  let stage: TestEc2;
  beforeAll(async () => {
    stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
  });
  afterAll(() => stage.close());

  const subject = (): Subject => ({
    instances: instances(stage.client),
    volumes: volumes(stage.client),
    snapshots: snapshots(stage.client),
    launchTemplateId: stage.launchTemplateId,
    subnets: { a: stage.network.subnetA, b: stage.network.subnetB },
    fill: (subnetId) =>
      stage.admin.addFault({
        action: "RunInstances",
        code: "InsufficientInstanceCapacity",
        subnetId,
        times: 3,
      }),
  });

  contract(subject);

  const asObject = (tags: Tag[] = []) => Object.fromEntries(tags.map(({ Key = "", Value }) => [Key, Value]));

  it.each(["VcpuLimitExceeded", "InstanceLimitExceeded", "PendingVerification"])(
    "takes %s for a lack of room, which passes",
    async (code) => {
      const of = { stage: "test", slug: "acme", generation: ulid() };
      const { launchTemplateId, subnets, instances } = subject();
      await stage.admin.addFault({
        action: "RunInstances",
        code,
        status: 400,
        about: of.generation,
        times: 1,
      });

      const launch = { of, launchTemplateId, subnetId: subnets.a, hostname: "a.example.test" };
      const refused = instances.run({ ...launch, clientToken: clientToken(of.generation) });

      await expect(refused).rejects.toBeInstanceOf(CapacityError);
    },
  );

  it("adopts what its client token made before the request changed, and launches anew where that has ended", async () => {
    const of = { stage: "test", slug: "acme", generation: ulid() };
    const { launchTemplateId, subnets, instances } = subject();
    const launch = { of, launchTemplateId, subnetId: subnets.a, clientToken: clientToken(of.generation) };
    const first = await instances.run({ ...launch, hostname: "before.example.test" });

    const again = await instances.run({ ...launch, hostname: "after.example.test" });
    await instances.terminate([first.id]);
    await instances.untilTerminated([first.id]);
    const anew = await instances.run({ ...launch, hostname: "after.example.test" });

    expect(again.id).toBe(first.id);
    expect(anew.id).not.toBe(first.id);
    await instances.terminate([anew.id]);
  });

  it("gives our marker to the machine, its root and its data as they are made", async () => {
    const of = { stage: "test", slug: "marked", generation: ulid() };
    const marker = {
      "warren:stage": "test",
      "warren:slug": "marked",
      "warren:generation": of.generation,
      Name: "warren-test-marked",
    };
    const { launchTemplateId, subnets } = subject();

    const { id } = await subject().instances.run({
      of,
      launchTemplateId,
      subnetId: subnets.a,
      hostname: "marked.example.test",
      clientToken: clientToken(of.generation),
    });
    const volumeId = await subject().volumes.create({
      of,
      zone: `${region}a`,
      sizeGib: 1,
      clientToken: clientToken(of.generation),
    });

    const { Reservations } = await stage.client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const machine = Reservations?.[0]?.Instances?.[0];
    expect(asObject(machine?.Tags)).toMatchObject({ ...marker, "warren:hostname": "marked.example.test" });
    const rootId = machine?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? "";
    const { Volumes = [] } = await stage.client.send(
      new DescribeVolumesCommand({ VolumeIds: [rootId, volumeId] }),
    );
    const tagsOf = (wanted: string) => asObject(Volumes.find(({ VolumeId }) => VolumeId === wanted)?.Tags);
    expect(tagsOf(rootId)).toEqual(marker);
    expect(tagsOf(volumeId)).toEqual({ ...marker, "warren:volume": "data", "warren:data-of": of.stage });
    expect(Volumes.find(({ VolumeId }) => VolumeId === volumeId)?.Encrypted).toBe(true);
  });
});
