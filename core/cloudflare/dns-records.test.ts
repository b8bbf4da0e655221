import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { type DnsRecords, dnsRecords } from "./dns-records.ts";

const cname = { name: "acme.example.test", content: "t-1.cfargotunnel.com", comment: "warren:test:acme:G1" };

describe("DNS records at Cloudflare", () => {
  let cloudflare: TestCloudflare;
  let dns: DnsRecords;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare();
    dns = dnsRecords(testAccess(cloudflare.apiUrl), ZONE.id);
  });
  beforeEach(() => cloudflare.admin.reset());
  afterAll(() => cloudflare.close());

  const records = async () => (await cloudflare.admin.state()).records;

  it("creates a proxied CNAME with its marker, in one call", async () => {
    const id = await dns.create(cname);

    expect(await records()).toMatchObject([{ ...cname, id, type: "CNAME", proxied: true, ttl: 1 }]);
    expect((await cloudflare.admin.calls()).total).toBe(1);
  });

  it.each([
    ["an identical record", { ...cname, type: "CNAME" as const }],
    ["another CNAME", { ...cname, content: "elsewhere.example.org", type: "CNAME" as const }],
    ["an address", { name: cname.name, content: "192.0.2.1", type: "A" as const }],
  ])("creates none where %s has the name", async (_, taken) => {
    await cloudflare.client.dns.records.create({ zone_id: ZONE.id, ttl: 1, proxied: true, ...taken });

    expect(await dns.create(cname)).toBeUndefined();
    expect(await records()).toHaveLength(1);
  });

  it("finds the records of exactly the name, whoever's they are", async () => {
    const id = await dns.create(cname);
    await dns.create({ ...cname, name: "sub.acme.example.test" });

    expect(await dns.find(cname.name)).toEqual([
      { id, type: "CNAME", content: cname.content, comment: cname.comment, proxied: true },
    ]);
  });

  it("finds a record without a comment", async () => {
    const other = { type: "A" as const, name: cname.name, content: "192.0.2.1", ttl: 1 as const };
    await cloudflare.client.dns.records.create({ zone_id: ZONE.id, ...other });

    expect(await dns.find(cname.name)).toMatchObject([{ type: "A", content: "192.0.2.1", comment: "" }]);
  });

  it("replaces a record's content", async () => {
    const id = (await dns.create(cname)) ?? "";

    await dns.replace(id, { ...cname, content: "t-2.cfargotunnel.com" });

    expect(await records()).toMatchObject([{ id, content: "t-2.cfargotunnel.com", proxied: true }]);
  });

  it("counts an unknown record as deleted", async () => {
    const id = (await dns.create(cname)) ?? "";

    await dns.delete(id);
    await dns.delete(id);

    expect(await records()).toEqual([]);
  });
});
