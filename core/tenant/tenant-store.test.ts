import { describe, expect, it } from "vitest";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { newTenantsTables } from "../../test/support/tables.ts";
import { TenantSupersededError } from "../errors.ts";
import type { Tenant } from "./tenant.ts";
import { type TenantStore, tenantStore } from "./tenant-store.ts";

const NOW = "2026-11-22T12:00:00.000Z";

/** A table of the row alone. */
type Store = (row?: Tenant) => Promise<TenantStore>;

const contract = (store: Store) => {
  it("answers a row, and undefined where there is none", async () => {
    const row = sampleRow();
    const tenants = await store(row);

    expect(await tenants.get("acme")).toEqual(row);
    expect(await tenants.get("other")).toBeUndefined();
  });

  it("records a step and what it made, and keeps what was there", async () => {
    const tenants = await store(
      sampleRow({ resources: { tunnelId: "t-1" }, updatedAt: "2026-01-01T00:00:00Z" }),
    );

    await tenants.recordStep(incarnation, "Launch Instance", { instanceId: "i-1", availabilityZone: "a" });

    expect(await tenants.get("acme")).toMatchObject({
      steps: { "Launch Instance": NOW },
      resources: { tunnelId: "t-1", instanceId: "i-1", availabilityZone: "a" },
      updatedAt: NOW,
    });
  });

  it.each([
    ["is gone", undefined],
    ["is being deleted", sampleRow({ status: "deleting" })],
    ["is of another generation", sampleRow(earlier)],
  ])("refuses a step of a provision whose row %s, and leaves it as it is", async (_, row) => {
    const tenants = await store(row);

    const recording = tenants.recordStep(incarnation, "Create Tunnel", { tunnelId: "t-1" });

    await expect(recording).rejects.toBeInstanceOf(TenantSupersededError);
    expect(await tenants.get("acme")).toEqual(row);
  });

  it("records a step of a removal whatever the row's status", async () => {
    const tenants = await store(sampleRow({ status: "deleting" }));

    await tenants.recordRemovalStep(incarnation, "Delete Tunnel");

    expect(await tenants.get("acme")).toMatchObject({ steps: { "Delete Tunnel": NOW } });
  });

  it("keeps what a step of a removal waits for until a step finishes", async () => {
    const tenants = await store(sampleRow({ status: "deleting" }));

    await tenants.recordWait(incarnation, "Delete Instance", "Not terminated yet: i-1.");
    const waiting = await tenants.get("acme");
    await tenants.recordRemovalStep(incarnation, "Delete Instance");

    expect(waiting?.waiting).toEqual({ step: "Delete Instance", reason: "Not terminated yet: i-1." });
    expect((await tenants.get("acme"))?.waiting).toBeUndefined();
  });

  it.each([
    ["is gone", undefined],
    ["is of another generation", sampleRow(earlier)],
  ])("lets a removal go on whose row %s, and leaves it as it is", async (_, row) => {
    const tenants = await store(row);

    await tenants.recordRemovalStep(incarnation, "Delete Tunnel");
    await tenants.recordWait(incarnation, "Delete Tunnel", "It has connections.");

    expect(await tenants.get("acme")).toEqual(row);
  });
};

describe("the Tenants table in memory", () => {
  contract(async (row) => memoryTenants(row ? [row] : []));
});

describe("the Tenants table in DynamoDB", () => {
  const tableOf = newTenantsTables();

  contract(async (row) => {
    const { table, client } = await tableOf(row);
    return tenantStore(table, { client, clock: stillClock() });
  });
});
