import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../../test/support/cloudflare/test-cloudflare.ts";

let cloudflare: TestCloudflare;
beforeAll(async () => {
  cloudflare = await startTestCloudflare({
    tokens: [
      { value: "dns-only", permissions: ["DNS Write"] },
      { value: "tunnel-reader", permissions: ["Cloudflare Tunnel Read"] },
      { value: "other-account", permissions: ["Cloudflare Tunnel Write"], accounts: ["c".repeat(32)] },
      { value: "other-zone", permissions: ["DNS Write", "Zone Read"], zones: ["d".repeat(32)] },
      { value: "of-the-account", permissions: ["Zone Read"], owner: "account" },
    ],
  });
});
afterAll(() => cloudflare.close());

const account = { account_id: ACCOUNT };
const refusal = (status: number, code: number) => ({
  status,
  errors: [{ code, message: expect.any(String) }],
});
const listTunnels = (token: string) =>
  cloudflare.clientWith(token).zeroTrust.tunnels.cloudflared.list(account);
const createTunnel = (token: string) =>
  cloudflare.clientWith(token).zeroTrust.tunnels.cloudflared.create({ ...account, name: "x" });
const listRecords = (token: string, zone_id = ZONE.id) =>
  cloudflare.clientWith(token).dns.records.list({ zone_id });

describe("verifying", () => {
  test("a user's token", async () => {
    const verified = await cloudflare.client.user.tokens.verify();

    expect(verified).toMatchObject({ status: "active" });
  });

  test("an account-owned token, at the account's endpoint only", async () => {
    const client = cloudflare.clientWith("of-the-account");

    expect(await client.accounts.tokens.verify(account)).toMatchObject({ status: "active" });
    await expect(client.user.tokens.verify()).rejects.toMatchObject(refusal(401, 1000));
    await expect(cloudflare.client.accounts.tokens.verify(account)).rejects.toMatchObject(refusal(401, 1000));
  });

  test("a token that does not exist is 401 with 1000", async () => {
    await expect(cloudflare.clientWith("nobody").user.tokens.verify()).rejects.toMatchObject(
      refusal(401, 1000),
    );
  });
});

describe("permissions", () => {
  test("a missing one is 403 with 10000", async () => {
    await expect(createTunnel("dns-only")).rejects.toMatchObject(refusal(403, 10000));
    await expect(listRecords("tunnel-reader")).rejects.toMatchObject(refusal(403, 10000));
  });

  test("reading does not include writing, nor the token, but writing includes reading", async () => {
    await expect(listTunnels("tunnel-reader")).resolves.toBeDefined();
    await expect(createTunnel("tunnel-reader")).rejects.toMatchObject(refusal(403, 10000));
    await expect(listRecords("dns-only")).resolves.toBeDefined();
  });

  test("of another account or zone are none here", async () => {
    await expect(listTunnels("other-account")).rejects.toMatchObject(refusal(403, 10000));
    await expect(listRecords("other-zone")).rejects.toMatchObject(refusal(403, 10000));
  });

  test("a token that does not exist is 403", async () => {
    await expect(listTunnels("nobody")).rejects.toMatchObject(refusal(403, 9109));
  });

  test("no credentials, and malformed ones, are 400", async () => {
    const bare = await fetch(`${cloudflare.apiUrl}/zones`);
    const malformed = await fetch(`${cloudflare.apiUrl}/zones`, { headers: { authorization: "full-token" } });

    expect([bare.status, malformed.status]).toEqual([400, 400]);
    expect(await bare.json()).toMatchObject({ success: false, errors: [{ code: 9106 }] });
    expect(await malformed.json()).toMatchObject({ success: false, errors: [{ code: 6003 }] });
  });
});

describe("zones", () => {
  test("are found by name and read by id", async () => {
    const found = await cloudflare.client.zones.list({ name: ZONE.name });

    expect(found.result).toMatchObject([
      { id: ZONE.id, name: ZONE.name, status: "active", account: { id: ACCOUNT } },
    ]);
    expect(await cloudflare.client.zones.get({ zone_id: ZONE.id })).toMatchObject({ name: ZONE.name });
    expect((await cloudflare.client.zones.list({ name: "other.test" })).result).toEqual([]);
  });

  test("that a token may not see are not listed", async () => {
    expect((await cloudflare.clientWith("other-zone").zones.list()).result).toEqual([]);
    expect((await cloudflare.clientWith("tunnel-reader").zones.list()).result).toEqual([]);
  });

  test("that do not exist are 404, and an id that is none is 400", async () => {
    await expect(listRecords("full-token", "e".repeat(32))).rejects.toMatchObject(refusal(404, 1001));
    await expect(listRecords("full-token", "example.test")).rejects.toMatchObject(refusal(400, 7003));
  });
});
