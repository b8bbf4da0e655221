import { describe, expect, it } from "vitest";
import { VolumeNotReadyError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { deleteDataVolume } from "./delete-data-volume.ts";

const world = (VOLUME_RETENTION: "delete" | "snapshot" | "retain") => {
  const ec2 = memoryEc2({});
  ec2.disks.push(
    { id: "vol-1", zone: "zone-a", state: "available", role: "data", of: tenantKey },
    { id: "vol-root", zone: "zone-a", state: "in-use", role: "root", of: tenantKey },
    { id: "vol-other", zone: "zone-a", state: "available", role: "data", of: { stage: "test", ...earlier } },
  );
  const tenants = memoryTenants([sampleRow({ status: "deleting" })]);
  const deps = {
    env: { VOLUME_RETENTION },
    tenants,
    volumes: ec2.volumes,
    snapshots: ec2.snapshots,
  };
  return { ec2, deps };
};

const ids = (ec2: MemoryEc2): string[] => ec2.disks.map(({ id }) => id);

describe("delete-data-volume", () => {
  it("deletes this generation's data volume, and no other", async () => {
    const { ec2, deps } = world("delete");

    const output = await deleteDataVolume(taskInput, deps);

    expect(output).toEqual({ deleted: [{ kind: "volume", id: "vol-1" }] });
    expect(ids(ec2)).toEqual(["vol-root", "vol-other"]);
    expect(ec2.kept).toEqual([]);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete Data Volume");
  });

  it("keeps a snapshot of it where the stage says so", async () => {
    const { ec2, deps } = world("snapshot");

    await deleteDataVolume(taskInput, deps);

    expect(ids(ec2)).toEqual(["vol-root", "vol-other"]);
    expect(ec2.kept).toMatchObject([{ volumeId: "vol-1" }]);
  });

  it("keeps the volume while its snapshot is being made", async () => {
    const { ec2, deps } = world("snapshot");
    const slow = () => Promise.reject(new VolumeNotReadyError("Snapshot is not completed yet."));

    const deleting = deleteDataVolume(taskInput, {
      ...deps,
      snapshots: { ...deps.snapshots, untilCompleted: slow },
    });

    await expect(deleting).rejects.toBeInstanceOf(VolumeNotReadyError);
    expect(ids(ec2)).toContain("vol-1");
  });

  it.each([
    ["delete", 0],
    ["snapshot", 2],
  ] as const)("treats the data that a restore replaced alike (%s)", async (retention, kept) => {
    const { ec2, deps } = world(retention);
    ec2.disks.push({ id: "vol-0", zone: "zone-a", state: "available", role: "replaced", of: tenantKey });

    const { deleted } = await deleteDataVolume(taskInput, deps);

    expect(deleted.map(({ id }) => id)).toEqual(["vol-1", "vol-0"]);
    expect(ids(ec2)).toEqual(["vol-root", "vol-other"]);
    expect(ec2.kept).toHaveLength(kept);
  });

  it.each([
    ["delete", []],
    ["snapshot", ["removal"]],
    ["retain", [{ attempt: 1 }]],
  ] as const)("takes away the copies made meanwhile (%s)", async (retention, left) => {
    const { ec2, deps } = world(retention);
    await deps.snapshots.ensure(tenantKey, "vol-1", { attempt: 1 });

    const { deleted } = await deleteDataVolume(taskInput, deps);

    expect(ec2.kept.map(({ reason }) => reason)).toEqual(left);
    expect(deleted.some(({ kind }) => kind === "snapshot")).toBe(retention !== "retain");
  });

  it("takes no snapshot of before for the last one", async () => {
    const { ec2, deps } = world("snapshot");
    await deps.snapshots.ensure(tenantKey, "vol-1", { attempt: 1 });

    await deleteDataVolume(taskInput, deps);

    expect(ec2.kept).toMatchObject([{ volumeId: "vol-1", reason: "removal" }]);
  });

  it("leaves it as it is where the stage retains volumes", async () => {
    const { ec2, deps } = world("retain");

    const output = await deleteDataVolume(taskInput, deps);

    expect(output).toEqual({ deleted: [] });
    expect(ids(ec2)).toContain("vol-1");
  });

  it("waits for a volume that a machine still holds", async () => {
    const { ec2, deps } = world("delete");
    for (const disk of ec2.disks) disk.attachment = { instanceId: "i-1", state: "attached" };

    await expect(deleteDataVolume(taskInput, deps)).rejects.toBeInstanceOf(VolumeNotReadyError);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const fresh = async () => {
      const { ec2, deps } = world("snapshot");
      worlds.push(ec2);
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => deleteDataVolume(taskInput, deps),
      async () => {
        const ec2 = worlds.at(-1);
        expect(ec2 && ids(ec2)).toEqual(["vol-root", "vol-other"]);
        expect(ec2?.kept).toHaveLength(1);
      },
    );

    // find, wait, snapshot, wait, delete, record
    expect(effects).toBe(8);
  });
});
