import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import type { Tenant, TenantHealth } from "../../core/tenant/tenant.ts";
import { createTenantsTable, tenantsTable } from "../../test/support/deployed-task.ts";
import { earlier, sampleRow } from "../../test/support/sample.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import type { JudgedRow } from "./facts.ts";
import { type FleetRows, fleetRows } from "./fleet-rows.ts";

const healthy: TenantHealth = { state: "healthy", since: "2026-11-22T12:00:00.000Z", badSweeps: 0 };
const failure = { step: "s", error: "e", reason: "r", at: "2026-11-22T12:00:00.000Z" };

describe("the rows of the fleet", () => {
  let aws: TestAccount;
  let client: DynamoDBDocumentClient;
  let rows: FleetRows;

  beforeAll(async () => {
    aws = newTestAccount();
    client = await createTenantsTable(aws);
    rows = fleetRows(tenantsTable, client);
  });

  const put = async (changes: Partial<Tenant> & { slug: string }): Promise<JudgedRow> => {
    const row = sampleRow({ status: "ready", ...changes });
    await client.send(new PutCommand({ TableName: tenantsTable, Item: row }));
    return row as JudgedRow;
  };
  const get = async (slug: string) =>
    (await client.send(new GetCommand({ TableName: tenantsTable, Key: { slug } }))).Item;
  const slugsRead = async (initials?: string[]) => (await rows.read(initials)).rows.map(({ slug }) => slug);

  it("are read without what no sweep needs", async () => {
    const row = await put({ slug: "whole", health: healthy, steps: { "Create Tunnel": healthy.since } });

    const { rows: read } = await rows.read(["w"]);

    const { steps, createdAt, ...needed } = row as Tenant;
    expect(read).toEqual([needed]);
  });

  it("are read by the slugs' first characters", async () => {
    for (const slug of ["anna", "bert", "carl"]) await put({ slug });

    expect((await slugsRead(["a", "b"])).sort()).toEqual(["anna", "bert"]);
    expect(await slugsRead()).toEqual(expect.arrayContaining(["anna", "bert", "carl"]));
  });

  it("are named, and left alone, where somebody wrote them wrongly by hand", async () => {
    await client.send(new PutCommand({ TableName: tenantsTable, Item: { slug: "xaver", status: "reddy" } }));
    await put({ slug: "xenia" });

    const read = await rows.read(["x"]);

    expect(read.rows.map(({ slug }) => slug)).toEqual(["xenia"]);
    expect(read.unreadable).toEqual(["xaver"]);
  });

  it("are counted", async () => {
    expect(await rows.count()).toBeGreaterThan(0);
  });

  it("take what a sweep found, and keep the time of their last change", async () => {
    const row = await put({ slug: "dora" });

    expect(await rows.write(row, { health: healthy, status: "ready" })).toBe(true);
    expect(await get("dora")).toEqual({ ...row, health: healthy });
  });

  it("are ready again, without the failure", async () => {
    const row = await put({ slug: "emil", status: "degraded", failure });

    await rows.write(row, { health: healthy, status: "ready" });

    expect(await get("emil")).toEqual({ ...sampleRow({ slug: "emil", status: "ready" }), health: healthy });
  });

  it.each([
    ["status", { status: "deleting" as const }],
    ["generation", { generation: earlier.generation }],
  ])("are not touched once their %s is another", async (_, changes) => {
    const row = await put({ slug: "fritz" });
    const changed = await put({ slug: "fritz", ...changes });

    expect(await rows.write(row, { health: healthy, status: "ready" })).toBe(false);
    expect(await get("fritz")).toEqual(changed);
  });

  it("are not brought back once they are gone", async () => {
    const row = sampleRow({ slug: "gerda", status: "ready" }) as JudgedRow;

    expect(await rows.write(row, { health: healthy, status: "ready" })).toBe(false);
    expect(await get("gerda")).toBeUndefined();
  });
});
