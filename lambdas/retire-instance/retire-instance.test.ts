import { describe, expect, it } from "vitest";
import { TenantSupersededError, VolumeNotReadyError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { retireInstance } from "./retire-instance.ts";

const made = { instanceId: "i-2", availabilityZone: "zone-a", volumeId: "vol-1" };
const input = { ...taskInput, attempt: 1, ...made, replaces: ["i-1"] };

const world = (holder: string | undefined = "i-2", row = repairingRow({}, { replaces: ["i-1"] })) => {
  const ec2 = memoryEc2({});
  ec2.machines.push(
    { id: "i-1", zone: "zone-a", state: "stopped", of: tenantKey },
    { id: "i-2", zone: "zone-a", state: "running", of: tenantKey },
  );
  ec2.disks.push({
    id: "vol-1",
    zone: "zone-a",
    state: "in-use",
    role: "data",
    of: tenantKey,
    attachment: holder === "" ? undefined : { instanceId: holder, state: "attached" },
  });
  const tenants = memoryTenants([row]);
  const repairs = memoryRepairs(tenants);
  const deps = { repairs, instances: ec2.instances, volumes: ec2.volumes };
  return { ec2, tenants, deps };
};

const states = (ec2: MemoryEc2) => ec2.machines.map(({ state }) => state);

describe("retire-instance", () => {
  it("ends the replaced machine, and says in the row which one there is now", async () => {
    const { ec2, tenants, deps } = world();

    expect(await retireInstance(input, deps)).toEqual({ retired: ["i-1"] });
    expect(states(ec2)).toEqual(["shutting-down", "running"]);
    const row = tenants.rows.get("acme");
    expect(row).toMatchObject({ status: "repairing", resources: made });
    expect(row?.repair).not.toHaveProperty("replaces");
  });

  it.each([
    ["another machine holds the data", "i-1"],
    ["none holds it", ""],
  ])("ends nothing while %s", async (_, holder) => {
    const { ec2, tenants, deps } = world(holder);

    await expect(retireInstance(input, deps)).rejects.toBeInstanceOf(VolumeNotReadyError);
    expect(states(ec2)).toEqual(["stopped", "running"]);
    expect(tenants.rows.get("acme")?.repair?.replaces).toEqual(["i-1"]);
  });

  it("ends nothing that holds data of before a restore", async () => {
    const { ec2, deps } = world();
    ec2.disks.push({
      id: "vol-0",
      zone: "zone-a",
      state: "in-use",
      role: "replaced",
      of: tenantKey,
      attachment: { instanceId: "i-1", state: "attached" },
    });

    await expect(retireInstance(input, deps)).rejects.toThrow("Volume vol-0 is attached to i-1, not to i-2");
    expect(states(ec2)).toEqual(["stopped", "running"]);
  });

  it("ends neither the new machine nor one of another incarnation, whatever it is given", async () => {
    const { ec2, deps } = world();
    ec2.machines.push({ id: "i-9", zone: "zone-a", state: "running", of: { stage: "test", ...earlier } });

    const { retired } = await retireInstance({ ...input, replaces: ["i-1", "i-2", "i-9"] }, deps);

    expect(retired).toEqual(["i-1"]);
    expect(states(ec2)).toEqual(["shutting-down", "running", "running"]);
  });

  it("records nothing for a repair that somebody else took over", async () => {
    const row = repairingRow({}, { attempt: 2, replaces: ["i-1"] });
    const { tenants, deps } = world("i-2", row);

    await expect(retireInstance(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(tenants.rows.get("acme")).toEqual(row);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>[] = [];
    const effects = await surviveCrashes(
      async () => {
        worlds.push(world());
        return worlds.at(-1)?.deps as ReturnType<typeof world>["deps"];
      },
      (deps) => retireInstance(input, deps),
      async ({ retired }) => {
        expect(retired).toEqual(["i-1"]);
        expect(worlds.at(-1)?.ec2.machines.map(({ state }) => state)).toEqual(["shutting-down", "running"]);
        expect(worlds.at(-1)?.tenants.rows.get("acme")?.resources).toEqual(made);
      },
    );

    // find the machines, find the volumes, terminate, record
    expect(effects).toBe(4);
  });
});
