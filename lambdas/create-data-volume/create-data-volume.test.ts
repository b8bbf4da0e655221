import { describe, expect, it } from "vitest";
import { InstanceLostError, VolumeAttachedElsewhereError, VolumeNotReadyError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { createDataVolume } from "./create-data-volume.ts";

const input = { ...taskInput, instanceId: "i-1", availabilityZone: "zone-a" };

const world = () => {
  const ec2 = memoryEc2({});
  ec2.machines.push({ id: "i-1", zone: "zone-a", state: "pending", of: tenantKey });
  return {
    ec2,
    deps: {
      env: { VOLUME_SIZE_GIB: 20, VOLUME_KEY_ID: undefined },
      tenants: memoryTenants([sampleRow()]),
      instances: ec2.instances,
      volumes: ec2.volumes,
    },
  };
};

const hold = (ec2: MemoryEc2, instanceId: string, state: string) =>
  ec2.disks.push({
    id: "vol-1",
    zone: "zone-a",
    state: "in-use",
    role: "data",
    of: tenantKey,
    attachment: { instanceId, state },
  });

describe("create-data-volume", () => {
  it("makes the volume where the machine is, and attaches it", async () => {
    const { ec2, deps } = world();

    const { volumeId } = await createDataVolume(input, deps);

    const attachment = { instanceId: "i-1", state: "attached" };
    expect(ec2.disks).toMatchObject([{ id: volumeId, zone: "zone-a", role: "data", attachment }]);
    expect(deps.tenants.rows.get("acme")).toMatchObject({
      steps: { "Create Data Volume": expect.any(String) },
      resources: { volumeId },
    });
  });

  it("is done when the volume is attached to this machine", async () => {
    const { ec2, deps } = world();
    hold(ec2, "i-1", "attached");

    expect(await createDataVolume(input, deps)).toEqual({ volumeId: "vol-1" });
    expect(ec2.disks).toHaveLength(1);
  });

  it("attaches the data that the tenant already has", async () => {
    const { ec2, deps } = world();
    ec2.disks.push({ id: "vol-0", zone: "zone-a", state: "available", role: "data", of: tenantKey });

    expect(await createDataVolume(input, deps)).toEqual({ volumeId: "vol-0" });
    expect(ec2.disks).toMatchObject([{ attachment: { instanceId: "i-1" } }]);
  });

  it("does not take the machine's root for the tenant's data", async () => {
    const { ec2, deps } = world();
    ec2.disks.push({ id: "vol-root", zone: "zone-a", state: "in-use", role: "root", of: tenantKey });

    const { volumeId } = await createDataVolume(input, deps);

    expect(volumeId).not.toBe("vol-root");
  });

  it("refuses a volume that another machine holds", async () => {
    const { ec2, deps } = world();
    hold(ec2, "i-other", "attached");

    const creating = createDataVolume(input, deps);

    await expect(creating).rejects.toBeInstanceOf(VolumeAttachedElsewhereError);
    await expect(creating).rejects.toThrow("vol-1 is attached to i-other, not to i-1");
  });

  it("waits for a volume that is leaving another machine", async () => {
    const { ec2, deps } = world();
    hold(ec2, "i-other", "detaching");

    await expect(createDataVolume(input, deps)).rejects.toBeInstanceOf(VolumeNotReadyError);
  });

  it("says so when the machine ended by itself", async () => {
    const { ec2, deps } = world();
    for (const machine of ec2.machines) machine.state = "terminated";

    await expect(createDataVolume(input, deps)).rejects.toBeInstanceOf(InstanceLostError);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const fresh = async () => {
      const { ec2, deps } = world();
      worlds.push(ec2);
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => createDataVolume(input, deps),
      async ({ volumeId }, { tenants }) => {
        expect(worlds.at(-1)?.disks).toMatchObject([{ id: volumeId, attachment: { instanceId: "i-1" } }]);
        expect(tenants.rows.get("acme")?.resources.volumeId).toBe(volumeId);
      },
    );

    // find, create, wait for the volume, wait for the machine, attach, record
    expect(effects).toBe(6);
  });
});
