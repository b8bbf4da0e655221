import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { createTenantsTable, tenantsTable } from "../../test/support/deployed-task.ts";
import { earlier, incarnation, sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { startTestMinistack, type TestMinistack } from "../../test/support/test-ministack.ts";
import { lostRows } from "./lost-rows.ts";

const failure = {
  step: "Create Tunnel",
  error: "WorkflowLostError",
  reason: "It was stopped.",
  advice: "start over.",
  at: "2026-11-22T12:00:00.000Z",
};

describe("rows whose work was lost", () => {
  let aws: TestMinistack;
  let client: Awaited<ReturnType<typeof createTenantsTable>>;
  beforeAll(async () => {
    aws = await startTestMinistack();
    client = await createTenantsTable(aws);
  });
  afterAll(() => aws.stop());

  const put = async (row: Tenant): Promise<Tenant> => {
    await client.send(new PutCommand({ TableName: tenantsTable, Item: row }));
    return row;
  };
  const rows = () => lostRows(tenantsTable, { client, clock: stillClock() });
  const current = () => tenantStore(tenantsTable, { client }).get("acme");

  it("are failed with the reason", async () => {
    await put(sampleRow());

    expect(await rows().fail(incarnation, "provisioning", failure)).toBe(true);

    expect(await current()).toMatchObject({ status: "failed", failure });
  });

  it("are removed once more, which is counted", async () => {
    await put(sampleRow({ status: "deleting", deletions: 2 }));

    expect(await rows().removeAgain(incarnation, 2)).toBe(true);

    expect(await current()).toMatchObject({ status: "deleting", deletions: 3 });
  });

  it.each([
    ["has moved on", sampleRow({ status: "ready", deletions: 2 })],
    ["is of another generation", sampleRow({ ...earlier, status: "deleting", deletions: 2 })],
    ["was asked to be removed again meanwhile", sampleRow({ status: "deleting", deletions: 3 })],
  ])("are left as they are when the row %s", async (_, row) => {
    await put(row);

    expect(await rows().fail(incarnation, "provisioning", failure)).toBe(false);
    expect(await rows().removeAgain(incarnation, 2)).toBe(false);

    expect(await current()).toEqual(row);
  });
});
