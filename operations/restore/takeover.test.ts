import { describe, expect, it } from "vitest";
import { adviceFor } from "../../core/advice.ts";
import type { Instance } from "../../core/aws/instances.ts";
import type { Clock } from "../../core/clock.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { repairingRow, sampleRow, tenantKey } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { takeOver } from "./takeover.ts";

const resources = { instanceId: "i-1", availabilityZone: "zone-a", volumeId: "vol-1" };
const moved = { instanceId: "i-2", availabilityZone: "zone-a", volumeId: "vol-2" };
const failure = {
  step: "Verify Repair",
  error: "RepairFailedError",
  at: "2026-11-22T12:00:00.000Z",
  reason: "The application does not answer.",
};
const takeover = {
  key: tenantKey,
  volumeId: "vol-2",
  snapshotId: "snap-1",
  wait: true,
  firstAnswer: 600_000,
};

const machine = (id: string): Instance => ({ id, zone: "zone-a", state: "running" });

/** `vol-2` is the restored data of a tenant whose machine is `i-1`. */
const world = (row: Tenant = sampleRow({ status: "ready", resources })) => {
  const tenants = memoryTenants([row]);
  const repairs = memoryRepairs(tenants);
  const clock = stillClock();
  const state = {
    machines: [machine("i-1")],
    /** what has the restored volume */
    heldBy: undefined as string | undefined,
    ended: [] as string[],
    orders: 0,
    said: [] as string[],
    /** one for each time that the takeover waits; then nothing happens any more */
    events: [] as (() => unknown)[],
  };
  const change = (changes: Partial<Tenant>): void => {
    tenants.rows.set("acme", { ...(tenants.rows.get("acme") as Tenant), ...changes });
  };
  const restless: Clock = {
    now: clock.now,
    sleep: async (milliseconds) => {
      await clock.sleep(milliseconds);
      await state.events.shift()?.();
    },
  };
  return {
    state,
    change,
    tenants,
    /** The repair that replaces the machine, as far as it shows here. */
    replaced: () => {
      Object.assign(state, { machines: [machine("i-2")], heldBy: "i-2" });
      change({ status: "ready", resources: moved });
    },
    deps: {
      tenants,
      repairs: {
        begin: async (seen: Tenant, reason: string) => {
          const begun = await repairs.begin(seen, reason);
          if (begun) state.orders += 1;
          return begun;
        },
      },
      instances: {
        find: async () => state.machines.map((one) => ({ ...one })),
        terminate: async (ids: string[]) => {
          state.ended.push(...ids);
          for (const one of state.machines) if (ids.includes(one.id)) one.state = "shutting-down";
        },
      },
      volumes: {
        find: async () => [
          { id: "vol-2", zone: "zone-a", state: "in-use", role: "data", sizeGib: 1, heldBy: state.heldBy },
        ],
      },
      clock: restless,
      say: (line: string) => state.said.push(line),
    },
  };
};

describe("takeOver", () => {
  it("ends the machine, orders another, and answers it once it serves the tenant", async () => {
    const { state, replaced, deps } = world();
    state.events = [() => {}, () => {}, replaced];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state).toMatchObject({ ended: ["i-1"], orders: 1 });
    expect(state.said).toEqual([
      "Ending i-1, without the restored volume.",
      "Ordered a repair of acme.",
      "acme is repairing: looking at it.",
    ]);
  });

  it("does not wait for the new machine when told so", async () => {
    const { state, tenants, deps } = world();

    expect(await takeOver({ ...takeover, wait: false }, deps)).toBeUndefined();
    expect(state).toMatchObject({ ended: ["i-1"], orders: 1 });
    expect(tenants.rows.get("acme")?.status).toBe("repairing");
  });

  it("orders a repair although an earlier one failed, and its cooldown is not over", async () => {
    const cooling = repairingRow({ status: "degraded", failure }, { notBefore: "2026-11-22T18:00:00.000Z" });
    const { state, replaced, deps } = world(cooling);
    state.machines = [];
    state.events = [() => {}, replaced];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state.orders).toBe(1);
  });

  it("touches nothing while a repair is under way", async () => {
    const { state, replaced, deps } = world(repairingRow({ resources }, { rung: "replace-instance" }));
    state.machines.push(machine("i-2"));
    state.events = [() => {}, () => {}, replaced];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state).toMatchObject({ ended: [], orders: 0 });
    expect(state.said).toContain("acme is repairing: replace-instance.");
  });

  it("ends a machine that a repair gave the other volume before it was put aside", async () => {
    const { state, change, replaced, deps } = world(repairingRow({ resources }));
    state.machines = [machine("i-other")];
    state.events = [
      () => change({ status: "ready", resources: { ...resources, instanceId: "i-other" } }),
      () => {},
      () => {},
      replaced,
    ];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state).toMatchObject({ ended: ["i-other"], orders: 1 });
  });

  it("leaves it to a sweep that was faster", async () => {
    const { state, tenants, change, replaced, deps } = world();
    state.machines = [];
    const { get } = tenants;
    tenants.get = async (slug) => {
      const row = await get(slug);
      if (row?.status === "ready" && !state.heldBy) change(repairingRow({ resources }));
      return row;
    };
    state.events = [() => {}, replaced];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state.orders).toBe(0);
  });

  it("orders again when the repair did not see yet that the machine is gone", async () => {
    const { state, change, replaced, deps } = world();
    state.events = [() => {}, () => {}, () => change({ status: "ready" }), () => {}, replaced];

    expect(await takeOver(takeover, deps)).toBe("i-2");
    expect(state.orders).toBe(2);
  });

  it("says why when the repair that it ordered failed", async () => {
    const { state, change, deps } = world();
    state.events = [() => {}, () => {}, () => change({ status: "degraded", failure })];

    await expect(takeOver(takeover, deps)).rejects.toThrow(
      "vol-2 is the data of acme now, but the tenant is degraded: The application does not answer. " +
        adviceFor(failure, "acme"),
    );
    expect(state.orders).toBe(1);
  });

  it("has a machine looked at again that has the data and did not serve the tenant, and says why it still does not", async () => {
    const { state, change, deps } = world(sampleRow({ status: "degraded", failure, resources: moved }));
    Object.assign(state, { machines: [machine("i-2")], heldBy: "i-2" });
    state.events = [() => {}, () => change({ status: "degraded", failure })];

    await expect(takeOver(takeover, deps)).rejects.toThrow("The application does not answer.");
    expect(state).toMatchObject({ ended: [], orders: 1 });
  });

  it.each([
    ["deleting", sampleRow({ status: "deleting" })],
    ["gone", sampleRow({ status: "ready", generation: "01KAAAAAAA5X0H3V0PM8NYQJ5D" })],
  ])("stops when the tenant is %s meanwhile", async (what, row) => {
    const { state, change, deps } = world();
    state.events = [() => change(row)];

    await expect(takeOver(takeover, deps)).rejects.toThrow(`acme is ${what} now`);
  });

  it("gives up when no machine can come any more, and says how to go on", async () => {
    const { state, deps } = world();
    const start = deps.clock.now();

    await expect(takeOver(takeover, deps)).rejects.toThrow(
      "no machine served it within 25 minutes. Look at the tenant's repair-tenant execution; " +
        "to go on from here: npm run restore -- test acme snap-1",
    );
    expect((deps.clock.now() - start) / 60_000).toBeCloseTo(25, 0);
    expect(state.orders).toBe(1);
  });
});
