// On tables of a local AWS: what must hold when two admit at once, or one is cut off, is theirs to keep.
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import { sampleRow } from "../../test/support/sample.ts";
import { newTenantsTables, tableWithKey } from "../../test/support/tables.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { tenantStore } from "../tenant/tenant-store.ts";
import { admit } from "./admit.ts";
import { queueTable } from "./queue-table.ts";
import { slotStore } from "./slots.ts";

const newTable = newTenantsTables();

describe("who waits for a workflow", () => {
  let world: Awaited<ReturnType<typeof newWorld>>;
  let worlds = 0;
  beforeEach(async () => {
    worlds += 1;
    world = await newWorld(`leases-${worlds}`);
  });

  it("is let begin, as many as may be under way", async () => {
    await world.queue("provision-tenant", "a", "b", "c");

    expect(await world.admit("provision-tenant")).toEqual(["a", "b"]);
    expect(await world.admit("provision-tenant")).toEqual([]);
    expect(await world.get("a")).toMatchObject({ status: "provisioning", admittedAt: expect.any(String) });
    expect(await world.get("a")).not.toHaveProperty("queue");
    expect(await world.get("c")).toMatchObject({ queue: "provision-tenant" });
  });

  it.each([
    ["is ready", { status: "ready" }],
    ["has failed", { status: "failed" }],
    ["is being removed", { status: "deleting" }],
    ["is of another generation", { generation: "01KAAAAAAA5X0H3V0PM8NYQJ5D" }],
  ] as const)("takes the place of one that %s", async (_, changes) => {
    await world.queue("provision-tenant", "a", "b", "c");
    await world.admit("provision-tenant");
    await world.put({ slug: "a", ...changes });

    expect(await world.admit("provision-tenant")).toEqual(["c"]);
  });

  it("begins though the index does not show it yet", async () => {
    const [row = sampleRow()] = await world.queue("provision-tenant", "a");
    const unseen = { ...world.deps, queue: { ...world.deps.queue, waiting: async () => [] } };

    expect(await admit("provision-tenant", [waiterOf(row)], unseen)).toEqual(["a"]);
  });

  it("waits no more once its removal was asked for, whatever the index shows", async () => {
    const rows = await world.queue("provision-tenant", "a", "b", "c");
    await world.put({ slug: "a", status: "deleting", queue: "deprovision-tenant" });
    const stale = rows.map(waiterOf);
    const deps = { ...world.deps, queue: { ...world.deps.queue, waiting: async () => stale } };

    expect(await admit("provision-tenant", [], deps)).toEqual(["b", "c"]);
    expect(await world.get("a")).toMatchObject({ status: "deleting", queue: "deprovision-tenant" });
  });

  it("begins when whoever gave it its slot was cut off before the row knew", async () => {
    await world.queue("provision-tenant", "a", "b", "c");
    const dying = {
      ...world.deps.queue,
      letBegin: () => Promise.reject(new Error("the Lambda was stopped")),
    };
    await expect(admit("provision-tenant", [], { ...world.deps, queue: dying })).rejects.toThrow();

    expect(await world.admit("provision-tenant")).toEqual(["a", "b"]);
    expect(await world.get("c")).toHaveProperty("queue");
  });

  it("is never one too many, whoever else lets others begin at the same time", async () => {
    const slugs = Array.from({ length: 8 }, (_, index) => `t-${index}`);
    await world.queue("provision-tenant", ...slugs);

    const admitted = (
      await Promise.all(Array.from({ length: 4 }, () => world.admit("provision-tenant")))
    ).flat();

    expect(new Set(admitted)).toEqual(new Set(["t-0", "t-1"]));
  });

  it("passes by removals that wait for a cloud, and no provision that does", async () => {
    await world.queue("deprovision-tenant", "a", "b", "c");
    await world.queue("provision-tenant", "d", "e", "f");
    await world.admit("deprovision-tenant");
    await world.admit("provision-tenant");
    const waiting = { step: "Delete Instance", reason: "it is still shutting down" };
    await world.put({ slug: "a", status: "deleting", waiting });
    await world.put({ slug: "d", status: "provisioning", waiting });

    expect(await world.admit("deprovision-tenant")).toEqual(["c"]);
    expect(await world.admit("provision-tenant")).toEqual([]);
  });

  it("does not stand behind a row that somebody got wrong", async () => {
    await world.queue("provision-tenant", "a", "b", "c");
    await world.admit("provision-tenant");
    await world.put({ slug: "a", status: "who knows" as never });

    expect(await world.admit("provision-tenant")).toEqual(["c"]);
  });
});

const waiterOf = ({ slug, generation, queuedAt = "", requestedBy = "" }: Tenant) => ({
  slug,
  generation,
  queuedAt,
  requestedBy,
});

const newWorld = async (leases: string) => {
  const { table, client } = await newTable();
  await client.send(tableWithKey(leases, "name"));
  const deps = {
    queue: queueTable(table, { client }),
    slots: slotStore(leases, client),
    limits: { "provision-tenant": 2, "deprovision-tenant": 2 },
  };
  return {
    deps,
    admit: (workflow: Parameters<typeof admit>[0]) => admit(workflow, [], deps),
    get: (slug: string) => tenantStore(table, { client }).get(slug),
    /** In this order. */
    queue: async (workflow: Parameters<typeof admit>[0], ...slugs: string[]): Promise<Tenant[]> => {
      const rows = slugs.map((slug, index) =>
        sampleRow({
          slug,
          status: workflow === "provision-tenant" ? "provisioning" : "deleting",
          queue: workflow,
          queuedAt: new Date(index * 1_000).toISOString(),
          requestedBy: "us",
        }),
      );
      for (const Item of rows) await client.send(new PutCommand({ TableName: table, Item }));
      return rows;
    },
    put: async (changes: Partial<Tenant> & { slug: string }) => {
      await client.send(new PutCommand({ TableName: table, Item: sampleRow(changes) }));
    },
  };
};
