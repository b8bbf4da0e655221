import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../test/support/cloudflare/test-cloudflare.ts";
import { testAccess } from "../../test/support/cloudflare-access.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import {
  CloudflarePermissionError,
  CloudflareRejectedError,
  CloudflareThrottledError,
  CloudflareUnavailableError,
} from "../errors.ts";
import type { CloudflareAccess } from "./cloudflare.ts";
import { apiToken } from "./cloudflare-token.ts";
import { tunnels } from "./tunnels.ts";

const LIST = "GET /accounts/{account_id}/cfd_tunnel";
const readOnly = { value: "read-only", permissions: ["Cloudflare Tunnel Read"] as const };

describe("a Cloudflare call", () => {
  let cloudflare: TestCloudflare;

  beforeAll(async () => {
    cloudflare = await startTestCloudflare({ tokens: [readOnly] });
  });
  beforeEach(() => cloudflare.admin.reset());
  afterEach(() => vi.unstubAllGlobals());
  afterAll(() => cloudflare.close());

  const find = (access: CloudflareAccess = testAccess(cloudflare.apiUrl)) =>
    tunnels(access, ACCOUNT).find("one");
  const failing = (status: number, code: number) => ({
    endpoint: LIST,
    effect: {
      kind: "status" as const,
      status,
      body: { success: false, errors: [{ code, message: "no" }], messages: [], result: null },
    },
  });

  it.each([
    [500, 1_000, CloudflareUnavailableError],
    [408, 1_000, CloudflareUnavailableError],
    [429, 971, CloudflareThrottledError],
    [403, 10_000, CloudflarePermissionError],
    [400, 10_000, CloudflarePermissionError],
    [401, 1_000, CloudflarePermissionError],
    [400, 1_001, CloudflareRejectedError],
  ])("names the failure %i with code %i, and says both", async (status, code, expected) => {
    await cloudflare.admin.addFault(failing(status, code));

    const failure = await find().catch((error) => error);

    expect(failure).toBeInstanceOf(expected);
    expect(failure.message).toContain(`Cloudflare answered ${status} to: find the tunnel one (${code}: no)`);
  });

  it("takes a firewall's page for no word about the token", async () => {
    const effect = {
      kind: "status" as const,
      status: 403,
      body: "<html>Sorry, you have been blocked</html>",
    };
    await cloudflare.admin.addFault({ endpoint: LIST, effect });

    await expect(find()).rejects.toBeInstanceOf(CloudflareUnavailableError);
  });

  it("is made once, and leaves further attempts to the workflow", async () => {
    await cloudflare.admin.addFault({ ...failing(500, 1_000), times: 3 });

    await find().catch(() => {});

    expect((await cloudflare.admin.calls()).total).toBe(1);
  });

  it("takes an answer that is not JSON for no answer, never for an empty list", async () => {
    await cloudflare.admin.addFault({ endpoint: LIST, effect: { kind: "garbage" } });

    await expect(find()).rejects.toBeInstanceOf(CloudflareUnavailableError);
  });

  it("that cannot connect is a Cloudflare that is not available", async () => {
    const access = testAccess("http://127.0.0.1:9/client/v4");

    await expect(find(access)).rejects.toBeInstanceOf(CloudflareUnavailableError);
  });

  it("keeps what an answer said out of the error when it was cut short", async () => {
    const body = '{"success":true,"result":{"id":"x","token":"the-secret"';
    const cut = { status: 200, headers: { "content-type": "application/json" } };
    const create = tunnels(testAccess(cloudflare.apiUrl), ACCOUNT).create;
    vi.stubGlobal("fetch", async () => new Response(body, cut));

    const failure = await create("one", "c2VjcmV0").catch((error) => error);

    expect(failure).toBeInstanceOf(CloudflareUnavailableError);
    expect(`${failure.stack} ${failure.message} ${failure.cause}`).not.toContain("the-secret");
  });

  it("counts every request against the budget", async () => {
    let calls = 0;
    const access = { ...testAccess(cloudflare.apiUrl), onCall: () => (calls += 1) };

    await find(access);
    await find(access);

    expect(calls).toBe(2);
  });

  it("tells what is left of the account's calls, also when it is refused", async () => {
    const left: number[] = [];
    const access = { ...testAccess(cloudflare.apiUrl), onQuota: (share: number) => left.push(share) };
    await cloudflare.admin.addFault({ ...failing(500, 1_000), nth: 3 });

    await find(access);
    await find(access);
    await find(access).catch(() => {});

    expect(left).toEqual([1_199 / 1_200, 1_198 / 1_200, 1_197 / 1_200]);
  });

  it("tells nothing of the calls left where an answer does not", async () => {
    const left: number[] = [];
    const access = { ...testAccess(cloudflare.apiUrl), onQuota: (share: number) => left.push(share) };
    const body = '{"success":true,"result":[],"result_info":{"total_count":0}}';
    const headers = { "content-type": "application/json", ratelimit: "something else" };
    vi.stubGlobal("fetch", async () => new Response(body, { status: 200, headers }));

    await find(access);

    expect(left).toEqual([]);
  });

  it("is repeated with the new token when the kept one was replaced", async () => {
    const parameters = memoryParameters({ token: "full-token" });
    const access = { baseURL: cloudflare.apiUrl, token: apiToken(parameters, "token", stillClock()) };
    await parameters.put("token", "revoked", { keyId: "", tags: {} });
    await access.token.current();
    await parameters.put("token", "full-token", { keyId: "", tags: {} });

    await expect(find(access)).resolves.toBeUndefined();
  });

  it("is not repeated when the token is still the same", async () => {
    const refused = tunnels(testAccess(cloudflare.apiUrl, readOnly.value), ACCOUNT).create("one", "c2VjcmV0");

    await expect(refused).rejects.toBeInstanceOf(CloudflarePermissionError);
    expect((await cloudflare.admin.calls()).total).toBe(1);
  });
});

describe("the API token", () => {
  it("is read again only after five minutes", async () => {
    const clock = stillClock();
    const parameters = memoryParameters({ token: "first" });
    const token = apiToken(parameters, "token", clock);
    await token.current();
    await parameters.put("token", "second", { keyId: "", tags: {} });

    await clock.sleep(299_000);
    const kept = await token.current();
    await clock.sleep(2_000);
    const fresh = await token.current();

    expect([kept, fresh]).toEqual(["first", "second"]);
  });
});
