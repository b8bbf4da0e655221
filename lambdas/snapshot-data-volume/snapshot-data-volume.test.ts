import { describe, expect, it } from "vitest";
import { DataVolumeMissingError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { taskInput, tenantKey } from "../../test/support/sample.ts";
import { snapshotDataVolume } from "./snapshot-data-volume.ts";

const input = { ...taskInput, attempt: 1 };

const world = (SNAPSHOT_BEFORE_REPLACEMENT = true) => {
  const ec2 = memoryEc2({});
  ec2.disks.push(
    { id: "vol-root", zone: "zone-a", state: "in-use", role: "root", of: tenantKey },
    { id: "vol-old", zone: "zone-a", state: "available", role: "replaced", of: tenantKey },
    { id: "vol-1", zone: "zone-a", state: "in-use", role: "data", of: tenantKey },
  );
  const env = { SNAPSHOT_BEFORE_REPLACEMENT };
  return { ec2, deps: { env, volumes: ec2.volumes, snapshots: ec2.snapshots } };
};

describe("snapshot-data-volume", () => {
  it("keeps the data as it is now, and one snapshot for each attempt", async () => {
    const { ec2, deps } = world();

    const { snapshotId } = await snapshotDataVolume(input, deps);
    await snapshotDataVolume(input, deps);
    await snapshotDataVolume({ ...input, attempt: 2 }, deps);

    expect(ec2.kept).toMatchObject([
      { id: snapshotId, volumeId: "vol-1", reason: { attempt: 1 } },
      { volumeId: "vol-1", reason: { attempt: 2 } },
    ]);
  });

  it("keeps nothing where the stage wants none", async () => {
    const { ec2, deps } = world(false);

    expect(await snapshotDataVolume(input, deps)).toEqual({});
    expect(ec2.kept).toEqual([]);
  });

  it("says so when there is no data", async () => {
    const { ec2, deps } = world();
    ec2.disks.pop();

    await expect(snapshotDataVolume(input, deps)).rejects.toBeInstanceOf(DataVolumeMissingError);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const effects = await surviveCrashes(
      async () => {
        const { ec2, deps } = world();
        worlds.push(ec2);
        return deps;
      },
      (deps) => snapshotDataVolume(input, deps),
      async () => expect(worlds.at(-1)?.kept).toHaveLength(1),
    );

    // find, keep
    expect(effects).toBe(2);
  });
});
