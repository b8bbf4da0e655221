import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import { TenantSupersededError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { rebootInstance } from "./reboot-instance.ts";

const input = { ...taskInput, attempt: 1, instanceId: "i-1" };

const world = (state: Instance["state"], row = repairingRow()) => {
  const ec2 = memoryEc2({});
  ec2.machines.push({ id: "i-1", zone: "zone-a", state, of: tenantKey });
  const tenants = memoryTenants([row]);
  const deps = { repairs: memoryRepairs(tenants), instances: ec2.instances };
  return { ec2, tenants, deps };
};

describe("reboot-instance", () => {
  it("reboots the machine, and does not wait for it", async () => {
    const { ec2, tenants, deps } = world("running");

    expect(await rebootInstance(input, deps)).toEqual({ outcome: "done", detail: "i-1 was told to reboot" });
    expect(ec2.rebooted).toEqual(["i-1"]);
    expect(tenants.rows.get("acme")?.repair?.rung).toBe("reboot-instance");
  });

  it.each(["pending", "stopping", "stopped", "shutting-down", "terminated"] as const)(
    "is skipped for a machine that is %s",
    async (state) => {
      const { ec2, deps } = world(state);

      expect(await rebootInstance(input, deps)).toEqual({ outcome: "skipped", detail: `i-1 is ${state}` });
      expect(ec2.rebooted).toEqual([]);
    },
  );

  it("is skipped where there is no machine of this incarnation", async () => {
    const { deps } = world("running");

    expect(await rebootInstance({ ...input, instanceId: "i-9" }, deps)).toEqual({
      outcome: "skipped",
      detail: "i-9 is gone",
    });
  });

  it("reboots nothing for a repair that is over", async () => {
    const { ec2, deps } = world("running", repairingRow({}, { attempt: 2 }));

    await expect(rebootInstance(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(ec2.rebooted).toEqual([]);
  });

  it("may reboot twice when it crashes, and nothing worse", async () => {
    const effects = await surviveCrashes(
      async () => world("running").deps,
      (deps) => rebootInstance(input, deps),
      async ({ outcome }) => expect(outcome).toBe("done"),
    );

    // record, find, reboot
    expect(effects).toBe(3);
  });
});
