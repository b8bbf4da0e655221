import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import { MachineNotReadyError, TenantSupersededError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { type MemoryEc2, memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { startInstance } from "./start-instance.ts";

const input = { ...taskInput, attempt: 1, instanceId: "i-1" };

const world = (state: Instance["state"], row = repairingRow()) => {
  const ec2 = memoryEc2({});
  ec2.machines.push({ id: "i-1", zone: "zone-a", state, of: tenantKey });
  const tenants = memoryTenants([row]);
  const deps = { repairs: memoryRepairs(tenants), instances: ec2.instances };
  return { ec2, tenants, deps };
};

describe("start-instance", () => {
  it.each(["stopped", "stopping", "pending", "running"] as const)(
    "has a machine running that was %s",
    async (state) => {
      const { ec2, tenants, deps } = world(state);

      const output = await startInstance(input, deps);

      expect(output).toEqual({ outcome: "done", detail: `i-1, which was ${state}, runs` });
      expect(ec2.machines).toMatchObject([{ state: "running" }]);
      expect(tenants.rows.get("acme")?.repair?.rung).toBe("start-instance");
    },
  );

  it("leaves a machine that goes down slowly to a later try", async () => {
    const { ec2, deps } = world("stopping");
    ec2.prompt = false;

    await expect(startInstance(input, deps)).rejects.toBeInstanceOf(MachineNotReadyError);
  });

  it.each(["shutting-down", "terminated"] as const)("is skipped for a machine that is %s", async (state) => {
    const { deps } = world(state);

    expect(await startInstance(input, deps)).toEqual({ outcome: "skipped", detail: `i-1 is ${state}` });
  });

  it("is skipped for a machine that does not carry this incarnation's marker", async () => {
    const { ec2, deps } = world("stopped");
    for (const machine of ec2.machines) machine.of = { stage: "test", ...earlier };

    expect(await startInstance(input, deps)).toEqual({ outcome: "skipped", detail: "i-1 is gone" });
    expect(ec2.machines).toMatchObject([{ state: "stopped" }]);
  });

  it("starts nothing for a repair that is over", async () => {
    const { ec2, deps } = world("stopped", repairingRow({ status: "deleting" }));

    await expect(startInstance(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(ec2.machines).toMatchObject([{ state: "stopped" }]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: MemoryEc2[] = [];
    const effects = await surviveCrashes(
      async () => {
        const { ec2, deps } = world("stopping");
        worlds.push(ec2);
        return deps;
      },
      (deps) => startInstance(input, deps),
      async () => expect(worlds.at(-1)?.machines).toMatchObject([{ state: "running" }]),
    );

    // record, find, wait for its end, start, wait for its start
    expect(effects).toBe(5);
  });
});
