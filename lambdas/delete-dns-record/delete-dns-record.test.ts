import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
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

    // find, delete, record
    expect(effects).toBe(3);
  });
});
