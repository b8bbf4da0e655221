import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import {
  DataVolumeMissingError,
  InstanceLostError,
  MachineNotReadyError,
  RepairFailedError,
  VolumeAttachedElsewhereError,
  VolumeNotReadyError,
} from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { taskInput, tenantKey } from "../../test/support/sample.ts";
import { moveDataVolume } from "./move-data-volume.ts";

const input = { ...taskInput, attempt: 1, instanceId: "i-2", replaces: ["i-1"] };

const world = (holder = "i-1", old: Instance["state"] = "stopped") => {
  const ec2 = memoryEc2({});
  ec2.machines.push(
    { id: "i-1", zone: "zone-a", state: old, of: tenantKey },
    { id: "i-2", zone: "zone-a", state: "pending", of: tenantKey },
  );
  ec2.disks.push(
    { id: "vol-root", zone: "zone-a", state: "in-use", role: "root", of: tenantKey },
    { id: "vol-old", zone: "zone-a", state: "available", role: "replaced", of: tenantKey },
    {
      id: "vol-1",
      zone: "zone-a",
      state: "in-use",
      role: "data",
      of: tenantKey,
      attachment: { instanceId: holder, state: "attached" },
    },
  );
  return { ec2, deps: { instances: ec2.instances, volumes: ec2.volumes } };
};

const dataOf = (ec2: MemoryEc2) => ec2.disks.find(({ id }) => id === "vol-1");

describe("move-data-volume", () => {
  it("takes the data from the stopped machine to the new one, and no other volume", async () => {
    const { ec2, deps } = world();

    expect(await moveDataVolume(input, deps)).toEqual({ volumeId: "vol-1" });
    expect(dataOf(ec2)?.attachment).toEqual({ instanceId: "i-2", state: "attached" });
    expect(ec2.disks.filter(({ attachment }) => attachment)).toHaveLength(1);
  });

  it("takes it from where it is when the replaced machine is gone", async () => {
    const { ec2, deps } = world();
    ec2.machines.shift();
    Object.assign(dataOf(ec2) ?? {}, { state: "available", attachment: undefined });

    await moveDataVolume(input, deps);

    expect(dataOf(ec2)?.attachment?.instanceId).toBe("i-2");
  });

  it("is done when the new machine has it", async () => {
    const { deps } = world("i-2");

    expect(await moveDataVolume(input, deps)).toEqual({ volumeId: "vol-1" });
  });

  it.each(["pending", "running", "stopping", "shutting-down"] as const)(
    "takes nothing from a machine that is %s",
    async (state) => {
      const { ec2, deps } = world("i-1", state);

      const moving = moveDataVolume(input, deps);

      await expect(moving).rejects.toBeInstanceOf(MachineNotReadyError);
      await expect(moving).rejects.toThrow(`i-1 is ${state}, and may still write to volume vol-1`);
      expect(dataOf(ec2)?.attachment?.instanceId).toBe("i-1");
    },
  );

  it("takes nothing from a machine that runs and lost its tags", async () => {
    const { ec2, deps } = world("i-1", "running");
    for (const machine of ec2.machines)
      if (machine.id === "i-1") machine.of = { ...tenantKey, generation: "" };

    await expect(moveDataVolume(input, deps)).rejects.toThrow("i-1 is running, and may still write");
    expect(dataOf(ec2)?.attachment?.instanceId).toBe("i-1");
  });

  it("takes nothing from a machine that EC2 does not show: the volume says that it is attached", async () => {
    const { ec2, deps } = world();
    ec2.machines.shift();

    await expect(moveDataVolume(input, deps)).rejects.toBeInstanceOf(MachineNotReadyError);
    expect(dataOf(ec2)?.attachment?.instanceId).toBe("i-1");
  });

  it("takes nothing from a machine that is not being replaced", async () => {
    const { deps } = world("i-other");

    await expect(moveDataVolume(input, deps)).rejects.toBeInstanceOf(VolumeAttachedElsewhereError);
  });

  it("waits for a volume that is leaving the replaced machine", async () => {
    const { ec2, deps } = world();
    Object.assign(dataOf(ec2) ?? {}, { attachment: { instanceId: "i-1", state: "detaching" } });

    await expect(moveDataVolume(input, deps)).rejects.toBeInstanceOf(VolumeNotReadyError);
  });

  it("never takes an empty volume, or what was replaced, for the data", async () => {
    const { ec2, deps } = world();
    ec2.disks.pop();

    await expect(moveDataVolume(input, deps)).rejects.toBeInstanceOf(DataVolumeMissingError);
    expect(ec2.disks).toHaveLength(2);
  });

  it("says so when the new machine is in another zone, and leaves the data where it is", async () => {
    const { ec2, deps } = world();
    for (const machine of ec2.machines) if (machine.id === "i-2") machine.zone = "zone-b";

    const moving = moveDataVolume(input, deps);

    await expect(moving).rejects.toBeInstanceOf(RepairFailedError);
    await expect(moving).rejects.toThrow("Volume vol-1 is in zone-a, and the new instance i-2 in zone-b");
    expect(dataOf(ec2)?.attachment?.instanceId).toBe("i-1");
  });

  it("says so when the new machine ended by itself", async () => {
    const { ec2, deps } = world();
    for (const machine of ec2.machines) if (machine.id === "i-2") machine.state = "terminated";

    await expect(moveDataVolume(input, deps)).rejects.toBeInstanceOf(InstanceLostError);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const effects = await surviveCrashes(
      async () => {
        const { ec2, deps } = world();
        worlds.push(ec2);
        return deps;
      },
      (deps) => moveDataVolume(input, deps),
      async () => expect(dataOf(worlds.at(-1) as MemoryEc2)?.attachment?.instanceId).toBe("i-2"),
    );

    // find the machines, find the data, look at the holder, detach, wait for the volume, wait for the machine, attach
    expect(effects).toBe(7);
  });
});
