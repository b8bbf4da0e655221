import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import {
  CapacityError,
  DataVolumeMissingError,
  InstanceLostError,
  NoCapacityError,
  NoSecondRoomError,
  TenantSupersededError,
} from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { launchInstance } from "./launch-instance.ts";
import { inTurn } from "./subnet-order.ts";

const zones = { "subnet-a": "zone-a", "subnet-b": "zone-b", "subnet-c": "zone-c" };
const SUBNETS = Object.entries(zones).map(([id, zone]) => ({ id, zone }));
/** The order in which this tenant tries them. */
const [first, second, third] = inTurn(SUBNETS, "acme").map(({ id }) => id) as [string, string, string];

const input = { ...taskInput, since: "2026-11-22T12:00:00.000Z" };

const world = () => {
  const ec2 = memoryEc2(zones);
  return {
    ec2,
    deps: {
      env: {
        BASE_DOMAIN: "example.test",
        LAUNCH_TEMPLATE_ID: "lt-1",
        SUBNETS,
        INSTANCE_TYPES: ["t4g.small"],
        CAPACITY_WAIT_SECONDS: 3_600,
      },
      tenants: memoryTenants([sampleRow()]),
      instances: ec2.instances,
      volumes: ec2.volumes,
      clock: stillClock(),
    },
  };
};

describe("launch-instance", () => {
  it("starts one machine for this incarnation and records it", async () => {
    const { ec2, deps } = world();

    const output = await launchInstance(input, deps);

    expect(output).toEqual({ instanceId: ec2.machines[0]?.id, availabilityZone: ec2.machines[0]?.zone });
    expect(ec2.launches).toMatchObject([
      { of: tenantKey, hostname: "acme.example.test", launchTemplateId: "lt-1", subnetId: first },
    ]);
    expect(deps.tenants.rows.get("acme")).toMatchObject({
      steps: { "Launch Instance": expect.any(String) },
      resources: output,
    });
  });

  it.each([
    ["is being removed", { status: "deleting" as const }],
    ["is of another generation", { generation: "01KZZZZZZZ5X0H3V0PM8NYQJ5D" }],
  ])("launches nothing for a tenant whose row %s", async (_, changes) => {
    const { ec2, deps } = world();
    deps.tenants.rows.set("acme", sampleRow(changes));

    await expect(launchInstance(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(ec2.launches).toEqual([]);
  });

  it.each(["pending", "running"] as const)("adopts a machine that is %s", async (state) => {
    const { ec2, deps } = world();
    ec2.machines.push({ id: "i-old", zone: "zone-b", state, of: tenantKey });

    const output = await launchInstance(input, deps);

    expect(output).toEqual({ instanceId: "i-old", availabilityZone: "zone-b" });
    expect(ec2.launches).toEqual([]);
  });

  it("does not adopt a machine of another generation", async () => {
    const { ec2, deps } = world();
    const of = { ...tenantKey, generation: "01KAAAAAAA5X0H3V0PM8NYQJ5D" };
    ec2.machines.push({ id: "i-old", zone: "zone-b", state: "running", of });

    const { instanceId } = await launchInstance(input, deps);

    expect(instanceId).not.toBe("i-old");
  });

  it("takes a machine that somebody stopped for lost", async () => {
    const { ec2, deps } = world();
    ec2.machines.push({ id: "i-old", zone: "zone-b", state: "stopped", of: tenantKey });

    await expect(launchInstance(input, deps)).rejects.toBeInstanceOf(InstanceLostError);
  });

  it("tries the next subnet when one has no room", async () => {
    const { ec2, deps } = world();
    ec2.full.add(first).add(second);

    await launchInstance(input, deps);

    expect(ec2.launches.map(({ subnetId }) => subnetId)).toEqual([first, second, third]);
    expect(new Set(ec2.launches.map(({ clientToken }) => clientToken)).size).toBe(3);
  });

  it("says so when no subnet has room", async () => {
    const { ec2, deps } = world();
    ec2.full = new Set(Object.keys(zones));

    const launching = launchInstance(input, deps);

    await expect(launching).rejects.toBeInstanceOf(CapacityError);
    await expect(launching).rejects.toThrow("Waiting for capacity: No subnet has room for t4g.small (");
    expect(deps.tenants.rows.get("acme")?.waiting).toMatchObject({
      step: "Launch Instance",
      reason: expect.stringContaining("Waiting for capacity"),
    });
    ec2.full.clear();
    await launchInstance(input, deps);
    expect(deps.tenants.rows.get("acme")?.waiting).toBeUndefined();
  });

  it("gives up when the stage waits no longer, and says what it lacked for how long", async () => {
    const { ec2, deps } = world();
    ec2.full = new Set(Object.keys(zones));
    await deps.clock.sleep(3_600_000);

    const launching = launchInstance(input, deps);

    await expect(launching).rejects.toBeInstanceOf(NoCapacityError);
    await expect(launching).rejects.toThrow(/^No subnet has room for t4g.small .* Waited for 60 minutes\.$/);
  });

  it("tries the next type once no subnet has room for the first", async () => {
    const { ec2, deps } = world();
    deps.env.INSTANCE_TYPES = ["t4g.small", "t4g.medium"];
    ec2.full = new Set(SUBNETS.map(({ id }) => `${id} undefined`)).add(`${first} t4g.medium`);

    await launchInstance(input, deps);

    expect(ec2.launches.map(({ subnetId, instanceType }) => [subnetId, instanceType])).toEqual([
      [first, undefined],
      [second, undefined],
      [third, undefined],
      [first, "t4g.medium"],
      [second, "t4g.medium"],
    ]);
    expect(new Set(ec2.launches.map(({ clientToken }) => clientToken)).size).toBe(5);
  });

  it("goes where the tenant's data is, and nowhere else", async () => {
    const { ec2, deps } = world();
    const zone = SUBNETS.find(({ id }) => id === third)?.zone ?? "";
    ec2.disks.push({ id: "vol-1", zone, state: "available", role: "data", of: tenantKey });

    const output = await launchInstance(input, deps);

    expect(output.availabilityZone).toBe(zone);
    expect(ec2.launches).toHaveLength(1);
  });

  it("says so when the tenant's data is in a zone that no subnet is in", async () => {
    const { ec2, deps } = world();
    ec2.disks.push({ id: "vol-1", zone: "zone-z", state: "available", role: "data", of: tenantKey });

    await expect(launchInstance(input, deps)).rejects.toThrow("No configured subnet is in zone-z");
  });

  it("starts another machine, with a token of its own, after one has ended", async () => {
    const { ec2, deps } = world();
    await launchInstance(input, deps);
    for (const machine of ec2.machines) machine.state = "terminated";

    const { instanceId } = await launchInstance(input, deps);

    expect(ec2.machines.find(({ id }) => id === instanceId)?.state).toBe("pending");
    expect(ec2.launches[0]?.clientToken).not.toBe(ec2.launches[1]?.clientToken);
  });

  it("starts one machine though EC2 does not show it yet to the second try", async () => {
    const { ec2, deps } = world();
    const blind = { ...deps, instances: { ...ec2.instances, find: async () => [] } };

    const outputs = [await launchInstance(input, blind), await launchInstance(input, blind)];

    expect(outputs[0]).toEqual(outputs[1]);
    expect(ec2.machines).toHaveLength(1);
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>["ec2"][] = [];
    const fresh = async () => {
      const { ec2, deps } = world();
      worlds.push(ec2);
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => launchInstance(input, deps),
      async ({ instanceId }, { tenants }) => {
        expect(worlds.at(-1)?.machines.map(({ id }) => id)).toEqual([instanceId]);
        expect(tenants.rows.get("acme")?.resources.instanceId).toBe(instanceId);
      },
    );

    // read the row, find, find the data, run, record
    expect(effects).toBe(5);
  });
});

describe("launch-instance, for a replacement", () => {
  const zone = SUBNETS.find(({ id }) => id === second)?.zone ?? "";
  const replacement = { ...input, replaces: ["i-old"] };

  const replacing = (state: Instance["state"] = "running") => {
    const { ec2, deps } = world();
    ec2.machines.push({ id: "i-old", zone, state, of: tenantKey });
    ec2.disks.push({ id: "vol-1", zone, state: "in-use", role: "data", of: tenantKey });
    return { ec2, deps };
  };

  it.each(["running", "stopped", "shutting-down", "terminated"] as const)(
    "starts a machine beside the replaced one, next to its data, while that is %s",
    async (state) => {
      const { ec2, deps } = replacing(state);

      const { instanceId, availabilityZone } = await launchInstance(replacement, deps);

      expect(instanceId).not.toBe("i-old");
      expect(availabilityZone).toBe(zone);
      expect(ec2.machines.map((machine) => machine.state)).toEqual([state, "pending"]);
    },
  );

  it("adopts the machine that an earlier attempt at this replacement started", async () => {
    const { ec2, deps } = replacing();
    const first = await launchInstance(replacement, deps);

    expect(await launchInstance(replacement, deps)).toEqual(first);
    expect(ec2.launches).toHaveLength(1);
  });

  it("starts one machine though EC2 does not show it yet, in whatever order the replaced ones are named", async () => {
    const { ec2, deps } = replacing();
    const blind = { ...deps, instances: { ...ec2.instances, find: async () => [] } };

    await launchInstance({ ...replacement, replaces: ["i-old", "i-older"] }, blind);
    await launchInstance({ ...replacement, replaces: ["i-older", "i-old"] }, blind);

    expect(ec2.machines).toHaveLength(2);
  });

  it("starts another machine when its first one has ended, though EC2 shows that no more", async () => {
    const { ec2, deps } = replacing();
    const first = await launchInstance(replacement, deps);
    for (const machine of ec2.machines) if (machine.id === first.instanceId) machine.state = "terminated";
    const forgetful = { ...ec2.instances, find: async () => [] };

    const next = await launchInstance(replacement, { ...deps, instances: forgetful });

    expect(next.instanceId).not.toBe(first.instanceId);
  });

  it("never starts a machine for a tenant whose data is lost", async () => {
    const { ec2, deps } = replacing();
    ec2.disks = [{ id: "vol-0", zone, state: "available", role: "replaced", of: tenantKey }];

    await expect(launchInstance(replacement, deps)).rejects.toBeInstanceOf(DataVolumeMissingError);
    expect(ec2.launches).toEqual([]);
  });

  it("goes nowhere else when the zone of the data has no room", async () => {
    const { ec2, deps } = replacing();
    ec2.full.add(second);

    await expect(launchInstance(replacement, deps)).rejects.toBeInstanceOf(NoSecondRoomError);
    expect(ec2.launches).toHaveLength(1);
  });

  it("waits for room once the old machine has made what room it can", async () => {
    const { ec2, deps } = replacing("stopped");
    ec2.full.add(second);

    await expect(launchInstance({ ...replacement, madeRoom: true }, deps)).rejects.toBeInstanceOf(
      CapacityError,
    );
  });
});

describe("the order of subnets", () => {
  it("holds each of them once, and is the same for the same slug", () => {
    expect(inTurn(SUBNETS, "acme").toSorted((one, other) => one.id.localeCompare(other.id))).toEqual(SUBNETS);
    expect(inTurn(SUBNETS, "acme")).toEqual(inTurn(SUBNETS, "acme"));
  });

  it("spreads tenants over all of them", () => {
    const starts = Array.from({ length: 300 }, (_, index) => inTurn(SUBNETS, `tenant-${index}`)[0]?.id);

    for (const { id } of SUBNETS) {
      expect(starts.filter((start) => start === id).length).toBeGreaterThan(60);
    }
  });
});
