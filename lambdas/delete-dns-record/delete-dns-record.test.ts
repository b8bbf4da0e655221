import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { CloudflareUnavailableError } from "../../core/errors.ts";
import { dnsMarker } from "../../core/tenant/names.ts";
import {
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { deleteDnsRecord } from "./delete-dns-record.ts";

const ours = { name: "acme.example.test", content: "t-1.cfargotunnel.com", comment: dnsMarker(tenantKey) };

describe("delete-dns-record", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const world = () => ({
    env: { BASE_DOMAIN: "example.test" },
    tenants: memoryTenants([sampleRow({ status: "deleting" })]),
    dns: dnsRecords(testAccess(cloudflare.apiUrl), ZONE.id),
  });
  const records = async () => (await cloudflare.admin.state()).records;

  it("deletes the record of this generation", async () => {
    const deps = world();
    const id = await deps.dns.create(ours);

    const output = await deleteDnsRecord(taskInput, deps);

    expect(output).toEqual({ deleted: [{ kind: "dns-record", id }] });
    expect(await records()).toEqual([]);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete DNS Record");
  });

  it.each([
    ["of another generation", dnsMarker({ stage: "test", ...earlier })],
    ["of somebody else", "mine"],
  ])("leaves a record %s untouched", async (_, comment) => {
    const deps = world();
    await deps.dns.create({ ...ours, comment });

    const output = await deleteDnsRecord(taskInput, deps);

    expect(output).toEqual({ deleted: [] });
    expect(await records()).toMatchObject([{ comment }]);
  });

  const withRow = (dnsRecordId: string | undefined) => ({
    ...world(),
    tenants: memoryTenants([sampleRow({ status: "deleting", resources: { dnsRecordId, tunnelId: "t-1" } })]),
  });

  it.each([
    ["was edited", "do not touch"],
    ["is empty", ""],
  ])("deletes the row's record whose comment %s, as it leads to the tenant's tunnel", async (_, comment) => {
    const id = await world().dns.create({ ...ours, comment });

    const output = await deleteDnsRecord(taskInput, withRow(id));

    expect(output).toEqual({ deleted: [{ kind: "dns-record", id }] });
    expect(await records()).toEqual([]);
  });

  it("deletes the row's record that was renamed", async () => {
    const id = await world().dns.create({ ...ours, name: "old.example.test" });

    await deleteDnsRecord(taskInput, withRow(id));

    expect(await records()).toEqual([]);
  });

  it("leaves the row's record alone that is somebody else's by now", async () => {
    const id = await world().dns.create({ ...ours, content: "elsewhere.example.org", comment: "" });

    expect(await deleteDnsRecord(taskInput, withRow(id))).toEqual({ deleted: [] });
    expect(await records()).toHaveLength(1);
  });

  it.each([true, false])("loses no record to a half listing (that says so: %s)", async (honest) => {
    const id = await world().dns.create(ours);
    const endpoint = "GET /zones/{zone_id}/dns_records";
    await cloudflare.admin.addFault({ endpoint, effect: { kind: "half-listing", honest } });

    const first = await deleteDnsRecord(taskInput, withRow(id)).catch((error) => error);
    await deleteDnsRecord(taskInput, withRow(id));

    expect(first instanceof CloudflareUnavailableError).toBe(honest);
    expect(await records()).toEqual([]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const fresh = async () => {
      await cloudflare.admin.reset();
      const deps = world();
      await deps.dns.create(ours);
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => deleteDnsRecord(taskInput, deps),
      async () => expect(await records()).toEqual([]),
    );

    // read the row, find, delete, record
    expect(effects).toBe(4);
  });
});
