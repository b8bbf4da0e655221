import { describe, expect, it } from "vitest";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, repairingRow, sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { newTenantsTables } from "../../test/support/tables.ts";
import { TenantSupersededError } from "../errors.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type TenantStore, tenantStore } from "../tenant/tenant-store.ts";
import { type RepairStore, repairStore } from "./repair-store.ts";

const NOW = "2026-11-22T12:00:00.000Z";
const LATER = "2026-11-22T12:05:00.000Z";
const of = { ...incarnation, attempt: 1 };
const health = { state: "down", cause: "connector", since: NOW, badSweeps: 2 } as const;
const failure = { step: "Verify Repair", error: "RepairFailedError", reason: "r", at: NOW };

interface Subject {
  repairs: RepairStore;
  tenants: Pick<TenantStore, "get">;
}

/** A table of the row alone. */
type Store = (row?: Tenant) => Promise<Subject>;

const contract = (store: Store) => {
  it("begins a first repair", async () => {
    const row = sampleRow({ status: "ready", health, updatedAt: "2026-01-01T00:00:00.000Z" });
    const { repairs, tenants } = await store(row);

    expect(await repairs.begin(row, "no connector")).toBe(true);

    expect(await tenants.get("acme")).toEqual({
      ...row,
      status: "repairing",
      updatedAt: NOW,
      repair: { attempt: 1, failures: 0, resumed: 0, startedAt: NOW, reason: "no connector" },
    });
  });

  it("counts failures in a row for what is wrong now alone: not those before the tenant was well again", async () => {
    const left = { attempt: 4, failures: 3, startedAt: NOW };
    const row = repairingRow({ status: "ready", health: { ...health, healthyUntil: LATER } }, left);
    const { repairs, tenants } = await store(row);

    await repairs.begin(row, "no connector");

    expect((await tenants.get("acme"))?.repair).toMatchObject({ attempt: 5, failures: 0 });
  });

  it("begins another repair, and keeps what the ones before have left behind", async () => {
    const left = { attempt: 4, failures: 2, resumed: 3, replaces: ["i-1"], notBefore: NOW };
    const row = repairingRow({ status: "degraded", failure }, left);
    const { repairs, tenants } = await store(row);

    expect(await repairs.begin(row, "no connector")).toBe(true);

    const after = await tenants.get("acme");
    expect(after).toMatchObject({ status: "repairing", failure });
    expect(after?.repair).toMatchObject({ ...left, attempt: 5, resumed: 0, reason: "no connector" });
  });

  it("begins one repair when two sweeps order it", async () => {
    const row = sampleRow({ status: "ready" });
    const { repairs, tenants } = await store(row);

    const begun = await Promise.all([repairs.begin(row, "one"), repairs.begin(row, "other")]);

    expect(begun.toSorted()).toEqual([false, true]);
    expect((await tenants.get("acme"))?.repair?.attempt).toBe(1);
  });

  it.each([
    ["is gone", undefined],
    ["is of another generation", sampleRow({ ...earlier, status: "ready" })],
    ["is being deleted", sampleRow({ status: "deleting" })],
    ["is under repair already", repairingRow()],
    ["was repaired meanwhile", repairingRow({ status: "ready" })],
  ])("begins no repair of a tenant whose row %s", async (_, row) => {
    const { repairs, tenants } = await store(row);

    expect(await repairs.begin(sampleRow({ status: "ready" }), "no connector")).toBe(false);
    expect(await tenants.get("acme")).toEqual(row);
  });

  it("begins a lost repair anew, once, under another number", async () => {
    const row = repairingRow({}, { replaces: ["i-1"], rung: "replace-instance" });
    const { repairs, tenants } = await store(row);

    const begun = await Promise.all([repairs.beginAnew(of), repairs.beginAnew(of)]);

    expect(begun.toSorted()).toEqual([false, true]);
    const after = await tenants.get("acme");
    expect(after).toMatchObject({ status: "repairing", updatedAt: NOW });
    expect(after?.repair).toEqual({ ...row.repair, attempt: 2, resumed: 1 });
  });

  it("records the rung", async () => {
    const { repairs, tenants } = await store(repairingRow());

    await repairs.recordRung(of, "restart-connector");
    await repairs.recordRung(of, "reboot-instance");

    expect((await tenants.get("acme"))?.repair).toEqual({
      ...repairingRow().repair,
      rung: "reboot-instance",
    });
  });

  it("records what has taken over, and forgets what was replaced", async () => {
    const { repairs, tenants } = await store(
      repairingRow({ resources: { tunnelId: "t-1", instanceId: "i-1" } }, { replaces: ["i-1"] }),
    );

    await repairs.finishReplacement(of, { instanceId: "i-2", availabilityZone: "a", volumeId: "vol-1" });
    await repairs.finishReplacement(of, { instanceId: "i-2" });

    expect(await tenants.get("acme")).toEqual({
      ...repairingRow(),
      resources: { tunnelId: "t-1", instanceId: "i-2", availabilityZone: "a", volumeId: "vol-1" },
    });
  });

  it("ends a repair that helped with a clean slate", async () => {
    const { repairs, tenants } = await store(repairingRow({ health, failure }, { failures: 2 }));

    await repairs.finish(of, { status: "ready", failures: 0, notBefore: LATER });

    const { health: _, failure: __, ...row } = { ...repairingRow(), health, failure };
    expect(await tenants.get("acme")).toEqual({
      ...row,
      status: "ready",
      repair: { ...row.repair, failures: 0, notBefore: LATER },
    });
  });

  it("ends a repair that failed with its failure, and keeps what the sweeps found", async () => {
    const { repairs, tenants } = await store(repairingRow({ health }));

    await repairs.finish(of, { status: "degraded", failures: 1, notBefore: LATER, failure });

    expect(await tenants.get("acme")).toEqual({
      ...repairingRow({ health, failure }),
      status: "degraded",
      repair: { ...repairingRow().repair, failures: 1, notBefore: LATER },
    });
  });

  describe.each([
    ["is gone", undefined],
    ["is of another generation", repairingRow(earlier)],
    ["is being deleted", repairingRow({ status: "deleting" })],
    ["is ready again", repairingRow({ status: "ready" })],
    ["is in a later repair", repairingRow({}, { attempt: 2 })],
    ["was never repaired", sampleRow({ status: "ready" })],
  ])("of a tenant whose row %s", (_, row) => {
    it.each<[string, (repairs: RepairStore) => Promise<unknown>]>([
      ["records no rung", (repairs) => repairs.recordRung(of, "reboot-instance")],
      ["records no machine", (repairs) => repairs.finishReplacement(of, { instanceId: "i-2" })],
      ["ends no repair", (repairs) => repairs.finish(of, { status: "ready", failures: 0, notBefore: LATER })],
    ])("%s", async (_, write) => {
      const { repairs, tenants } = await store(row);

      await expect(write(repairs)).rejects.toBeInstanceOf(TenantSupersededError);
      expect(await tenants.get("acme")).toEqual(row);
    });

    it("begins none anew", async () => {
      const { repairs, tenants } = await store(row);

      expect(await repairs.beginAnew(of)).toBe(false);
      expect(await tenants.get("acme")).toEqual(row);
    });
  });
};

describe("repairs in memory", () => {
  contract(async (row) => {
    const tenants = memoryTenants(row ? [row] : []);
    return { tenants, repairs: memoryRepairs(tenants) };
  });
});

describe("repairs in DynamoDB", () => {
  const tableOf = newTenantsTables();

  contract(async (row) => {
    const { table, client } = await tableOf(row);
    const access = { client, clock: stillClock() };
    return { tenants: tenantStore(table, access), repairs: repairStore(table, access) };
  });
});
