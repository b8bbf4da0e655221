import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import { MachineNotReadyError, TenantSupersededError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { stopInstance } from "./stop-instance.ts";

const input = { ...taskInput, attempt: 1, replaces: ["i-1", "i-lost"] };

const world = (state: Instance["state"], row = repairingRow()) => {
  const ec2 = memoryEc2({});
  ec2.machines.push(
    { id: "i-1", zone: "zone-a", state, of: tenantKey },
    { id: "i-2", zone: "zone-a", state: "running", of: tenantKey },
  );
  const tenants = memoryTenants([row]);
  const deps = { repairs: memoryRepairs(tenants), instances: ec2.instances };
  return { ec2, tenants, deps };
};

const states = (ec2: MemoryEc2) => ec2.machines.map(({ state }) => state);

describe("stop-instance", () => {
  it.each(["running", "stopping", "stopped"] as const)(
    "has the replaced machine stopped that was %s",
    async (state) => {
      const { ec2, tenants, deps } = world(state);

      expect(await stopInstance(input, deps)).toEqual({ stopped: ["i-1"] });
      expect(states(ec2)).toEqual(["stopped", "running"]);
      expect(tenants.rows.get("acme")?.repair?.rung).toBe("replace-instance");
    },
  );

  it("has one stopped that lost its tags: the row names it", async () => {
    const { ec2, deps } = world("running");
    for (const machine of ec2.machines)
      if (machine.id === "i-1") machine.of = { stage: "", slug: "", generation: "" };

    expect(await stopInstance(input, deps)).toEqual({ stopped: ["i-1"] });
  });

  it("waits for one that is ending: it may still write", async () => {
    const { ec2, deps } = world("shutting-down");

    await stopInstance(input, deps);

    expect(states(ec2)).toEqual(["terminated", "running"]);
  });

  it("has nothing to do where the replaced machine has ended", async () => {
    const { deps } = world("terminated");

    expect(await stopInstance(input, deps)).toEqual({ stopped: [] });
  });

  it("lets the machine go down by itself at first, and has it switched off in a later try", async () => {
    const { ec2, deps } = world("running");
    ec2.prompt = false;

    await expect(stopInstance(input, deps)).rejects.toBeInstanceOf(MachineNotReadyError);
    expect(ec2.forced).toEqual([]);
    await expect(stopInstance(input, deps)).rejects.toBeInstanceOf(MachineNotReadyError);
    expect(ec2.forced).toEqual(["i-1"]);
  });

  it("leaves a machine that has only just been launched to a later try", async () => {
    const { deps } = world("pending");

    await expect(stopInstance(input, deps)).rejects.toBeInstanceOf(MachineNotReadyError);
  });

  it("stops no machine of another incarnation, whatever it is given", async () => {
    const { ec2, deps } = world("running");
    for (const machine of ec2.machines) machine.of = { stage: "test", ...earlier };

    expect(await stopInstance(input, deps)).toEqual({ stopped: [] });
    expect(states(ec2)).toEqual(["running", "running"]);
  });

  it("stops nothing for a repair that is over", async () => {
    const { ec2, deps } = world("running", repairingRow({}, { attempt: 2 }));

    await expect(stopInstance(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(states(ec2)).toEqual(["running", "running"]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const effects = await surviveCrashes(
      async () => {
        const { ec2, deps } = world("running");
        worlds.push(ec2);
        return deps;
      },
      (deps) => stopInstance(input, deps),
      async ({ stopped }) => {
        expect(stopped).toEqual(["i-1"]);
        expect(worlds.at(-1)?.machines.map(({ state }) => state)).toEqual(["stopped", "running"]);
      },
    );

    // record, look at each, stop, wait
    expect(effects).toBe(5);
  });
});
