import { describe, expect, it } from "vitest";
import { TenantSupersededError, VolumeAttachedElsewhereError } from "../../core/errors.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { correctMachine } from "./correct-machine.ts";

const input = { ...taskInput, attempt: 1 };
const untagged: TenantKey = { ...tenantKey, generation: "" };

const world = ({ of = tenantKey, diskOf = tenantKey, holder = "i-1" } = {}) => {
  const ec2 = memoryEc2({});
  ec2.machines.push({ id: "i-1", zone: "zone-a", state: "running", of });
  const attachment = holder === "" ? undefined : { instanceId: holder, state: "attached" };
  const state = holder === "" ? "available" : "in-use";
  ec2.disks.push({ id: "vol-1", zone: "zone-a", state, role: "data", attachment, of: diskOf });
  const tenants = memoryTenants([repairingRow()]);
  const deps = {
    env: { BASE_DOMAIN: "example.test", INSTANCE_PROFILE_ARN: "arn:tenants", SECURITY_GROUP_ID: "sg-1" },
    tenants,
    repairs: memoryRepairs(tenants),
    instances: ec2.instances,
    access: ec2.access,
    volumes: ec2.volumes,
  };
  return { ec2, deps };
};
const detached = { holder: "" };

describe("correct-machine", () => {
  it("changes nothing where nothing differs", async () => {
    const { ec2, deps } = world();
    const before = structuredClone([ec2.machines, ec2.disks]);

    expect(await correctMachine(input, deps)).toMatchObject({ outcome: "skipped" });
    expect([ec2.machines, ec2.disks]).toEqual(before);
  });

  it("puts the tags back on the machine that the row names", async () => {
    const { ec2, deps } = world({ of: untagged });

    const { outcome, detail } = await correctMachine(input, deps);

    expect(outcome).toBe("done");
    expect(detail).toContain("i-1 has its tags again: generation");
    expect(ec2.machines).toMatchObject([{ id: "i-1", state: "running", of: tenantKey }]);
  });

  it("gives those that a replacement takes away their tags again, and leaves the data where it is", async () => {
    const { ec2, deps } = world({ holder: "i-0" });
    ec2.machines.push({ id: "i-0", zone: "zone-a", state: "running", of: untagged });
    ec2.machines.push({ id: "i-ended", zone: "zone-a", state: "terminated", of: untagged });
    const row = repairingRow();
    deps.tenants.rows.set(row.slug, {
      ...row,
      repair: { ...row.repair, replaces: ["i-0", "i-ended"] } as never,
    });

    const { outcome, detail } = await correctMachine(input, deps);

    expect({ outcome, detail }).toEqual({ outcome: "done", detail: "i-0 has its tags again: generation" });
    expect(ec2.disks).toMatchObject([{ attachment: { instanceId: "i-0" } }]);
  });

  it("gives the machine its instance profile and its security group again", async () => {
    const { ec2, deps } = world();
    ec2.lost.set("i-1", ["its instance profile", "its security group"]);

    const { outcome, detail } = await correctMachine(input, deps);

    const words = "i-1 has its instance profile and its security group again";
    expect({ outcome, detail }).toEqual({ outcome: "done", detail: words });
  });

  it.each([
    ["", tenantKey],
    [", even one whose own tags are gone", untagged],
  ])("attaches a data volume again that was detached by hand%s", async (_, diskOf) => {
    const { ec2, deps } = world({ ...detached, diskOf });

    const { outcome, detail } = await correctMachine(input, deps);

    expect({ outcome, detail }).toEqual({ outcome: "done", detail: "volume vol-1 is attached to i-1 again" });
    expect(ec2.disks).toMatchObject([{ attachment: { instanceId: "i-1" } }]);
  });

  it("takes no volume from another machine", async () => {
    const { ec2, deps } = world({ holder: "i-9" });

    await expect(correctMachine(input, deps)).rejects.toThrow(VolumeAttachedElsewhereError);
    expect(ec2.disks).toMatchObject([{ attachment: { instanceId: "i-9" } }]);
  });

  it("touches no machine whose tags name another incarnation", async () => {
    const { ec2, deps } = world({ of: { stage: "test", ...earlier }, ...detached });
    ec2.lost.set("i-1", ["its security group"]);

    expect(await correctMachine(input, deps)).toMatchObject({ outcome: "skipped" });
    expect(ec2.disks).toMatchObject([{ state: "available" }]);
    expect(ec2.lost).toHaveLength(1);
  });

  it("attaches nothing to a machine that does not run", async () => {
    const { ec2, deps } = world(detached);
    for (const machine of ec2.machines) machine.state = "stopped";

    expect(await correctMachine(input, deps)).toMatchObject({ outcome: "skipped" });
  });

  it("converges when it crashes after any of its effects", async () => {
    const drifted = async () => world({ of: untagged, ...detached }).deps;

    const crashes = await surviveCrashes(
      drifted,
      (deps) => correctMachine(input, deps),
      async (_, deps) => {
        expect(await deps.instances.find(tenantKey)).toHaveLength(1);
        expect(await deps.volumes.find(tenantKey)).toMatchObject([{ attachment: { instanceId: "i-1" } }]);
      },
    );

    expect(crashes).toBeGreaterThan(4);
  });

  it("changes nothing for a repair that is over", async () => {
    const { ec2, deps } = world(detached);

    await expect(correctMachine({ ...input, attempt: 2 }, deps)).rejects.toThrow(TenantSupersededError);
    expect(ec2.disks).toMatchObject([{ state: "available" }]);
  });
});
