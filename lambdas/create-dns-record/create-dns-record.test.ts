import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import {
  CloudflareUnavailableError,
  DnsRecordTakenError,
  PreviousGenerationError,
} from "../../core/errors.ts";
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
import { createDnsRecord } from "./create-dns-record.ts";

const input = { ...taskInput, tunnelId: "t-1" };
const wanted = {
  type: "CNAME",
  name: "acme.example.test",
  content: "t-1.cfargotunnel.com",
  proxied: true,
  comment: dnsMarker(tenantKey),
};

describe("create-dns-record", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const world = () => ({
    env: { BASE_DOMAIN: "example.test" },
    tenants: memoryTenants([sampleRow()]),
    dns: dnsRecords(testAccess(cloudflare.apiUrl), ZONE.id),
  });
  const records = async () => (await cloudflare.admin.state()).records;

  it("points the hostname at the tunnel in one Cloudflare call", async () => {
    const deps = world();

    const { recordId } = await createDnsRecord(input, deps);

    expect((await cloudflare.admin.calls()).total).toBe(1);
    expect(await records()).toMatchObject([{ ...wanted, id: recordId }]);
    expect(deps.tenants.rows.get("acme")).toMatchObject({
      steps: { "Create DNS Record": expect.any(String) },
      resources: { dnsRecordId: recordId },
    });
  });

  it("converges when it crashes after any of its effects", async () => {
    const fresh = async () => {
      await cloudflare.admin.reset();
      return world();
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => createDnsRecord(input, deps),
      async ({ recordId }, deps) => {
        expect(await records()).toMatchObject([{ ...wanted, id: recordId }]);
        expect(deps.tenants.rows.get("acme")?.resources.dnsRecordId).toBe(recordId);
      },
    );

    // create, record
    expect(effects).toBe(2);
  });

  it("adopts the record that it made when Cloudflare's answer was lost", async () => {
    await cloudflare.admin.addFault({
      endpoint: "POST /zones/{zone_id}/dns_records",
      effect: { kind: "lost-answer" },
    });

    await expect(createDnsRecord(input, world())).rejects.toBeInstanceOf(CloudflareUnavailableError);
    const { recordId } = await createDnsRecord(input, world());

    expect(await records()).toMatchObject([{ ...wanted, id: recordId }]);
  });

  it("corrects its own record when the tunnel is another", async () => {
    const first = await createDnsRecord({ ...input, tunnelId: "t-0" }, world());

    const second = await createDnsRecord(input, world());

    expect(second).toEqual(first);
    expect(await records()).toMatchObject([wanted]);
  });

  it("waits for the record of an earlier generation to go", async () => {
    const comment = dnsMarker({ stage: "test", ...earlier });
    await world().dns.create({ name: wanted.name, content: "t-0.cfargotunnel.com", comment });

    const creating = createDnsRecord(input, world());

    await expect(creating).rejects.toBeInstanceOf(PreviousGenerationError);
    await expect(creating).rejects.toThrow(comment);
  });

  it.each([
    ["an address of somebody else", { type: "A" as const, content: "192.0.2.1" }],
    ["somebody else's CNAME", { type: "CNAME" as const, content: "elsewhere.example.org", comment: "mine" }],
    [
      "another stage's",
      { type: "CNAME" as const, content: "t-9.cfargotunnel.com", comment: "warren:prod:acme:G" },
    ],
  ])("reports %s, and leaves it untouched", async (_, record) => {
    await cloudflare.client.dns.records.create({ zone_id: ZONE.id, name: wanted.name, ttl: 1, ...record });
    const before = await records();

    const creating = createDnsRecord(input, world());

    await expect(creating).rejects.toBeInstanceOf(DnsRecordTakenError);
    await expect(creating).rejects.toThrow(`${record.type} ${record.content}`);
    expect(await records()).toEqual(before);
  });
});
