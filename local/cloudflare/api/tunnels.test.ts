import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
} from "../../../test/support/cloudflare/test-cloudflare.ts";

let cloudflare: TestCloudflare;
beforeAll(async () => {
  cloudflare = await startTestCloudflare();
});
beforeEach(() => cloudflare.admin.reset());
afterAll(() => cloudflare.close());

const account = { account_id: ACCOUNT };
const tunnels = () => cloudflare.client.zeroTrust.tunnels.cloudflared;
const create = (name: string, rest: object = {}) => tunnels().create({ ...account, name, ...rest });
const refusal = (status: number, code: number, message?: RegExp) => ({
  status,
  errors: [{ code, message: message ? expect.stringMatching(message) : expect.any(String) }],
});

describe("creating", () => {
  test("answers the tunnel with the token of the secret that was sent", async () => {
    const tunnel_secret = randomBytes(32).toString("base64");

    const tunnel = await create("acme", { config_src: "cloudflare", tunnel_secret });

    const { token, credentials_file } = tunnel as typeof tunnel & { token: string; credentials_file: object };
    const parts = JSON.parse(Buffer.from(token, "base64").toString());
    expect(tunnel).toMatchObject({
      account_tag: ACCOUNT,
      name: "acme",
      config_src: "cloudflare",
      remote_config: true,
      status: "inactive",
      tun_type: "cfd_tunnel",
      deleted_at: null,
      connections: [],
    });
    expect(parts).toEqual({ a: ACCOUNT, t: tunnel.id, s: tunnel_secret });
    expect(credentials_file).toEqual({
      AccountTag: ACCOUNT,
      TunnelID: tunnel.id,
      TunnelName: "acme",
      TunnelSecret: tunnel_secret,
    });
    expect(await tunnels().token.get(tunnel.id ?? "", account)).toBe(token);
  });

  test("makes a secret of its own where none is sent", async () => {
    const tunnel = await create("acme");

    const { s } = JSON.parse(
      Buffer.from(await tunnels().token.get(tunnel.id ?? "", account), "base64").toString(),
    );
    expect(Buffer.from(s, "base64")).toHaveLength(32);
  });

  test("of a name that exists is 409 with 1013", async () => {
    await create("acme");

    await expect(create("acme")).rejects.toMatchObject(refusal(409, 1013, /already have a tunnel/));
  });

  test("of the name of a deleted tunnel is a new tunnel", async () => {
    const first = await create("acme");
    await tunnels().delete(first.id ?? "", account);

    const second = await create("acme");

    expect(second.id).not.toBe(first.id);
  });

  test.each([
    ["a UUID as the name", { name: randomUUID() }, /name: a UUID cannot be/],
    ["an empty name", { name: "" }, /^name: /],
    ["no name", {}, /^name: /],
    ["a secret that is not base64", { name: "a", tunnel_secret: "§".repeat(64) }, /^tunnel_secret: /],
    [
      "a secret of 31 bytes",
      { name: "a", tunnel_secret: randomBytes(31).toString("base64") },
      /at least 32 bytes/,
    ],
    ["an unknown config_src", { name: "a", config_src: "elsewhere" }, /^config_src: /],
  ])("refuses %s", async (_what, body, message) => {
    const creation = tunnels().create({ ...account, ...body } as Parameters<
      ReturnType<typeof tunnels>["create"]
    >[0]);

    await expect(creation).rejects.toMatchObject(refusal(400, 1001, message));
    expect((await cloudflare.admin.state()).tunnels).toEqual([]);
  });

  test("with malformed JSON is 400", async () => {
    const response = await fetch(`${cloudflare.apiUrl}/accounts/${ACCOUNT}/cfd_tunnel`, {
      method: "POST",
      headers: { authorization: "Bearer full-token", "content-type": "application/json" },
      body: '{"name": ',
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      success: false,
      errors: [{ code: 6007, message: "Malformed JSON in request body" }],
      messages: [],
      result: null,
    });
  });
});

describe("listing", () => {
  const names = async (query: object) =>
    (await tunnels().list({ ...account, ...query })).result.map((tunnel) => tunnel.name);

  test("filters by name, prefix, id and status, and leaves deleted tunnels out unless asked", async () => {
    const [kept, , gone] = await Promise.all(["a-one", "a-two", "b-gone"].map((name) => create(name)));
    await tunnels().delete(gone?.id ?? "", account);

    expect(await names({})).toEqual(["a-one", "a-two"]);
    expect(await names({ name: "a-two" })).toEqual(["a-two"]);
    expect(await names({ name: "a-" })).toEqual([]);
    expect(await names({ include_prefix: "a-", exclude_prefix: "a-t" })).toEqual(["a-one"]);
    expect(await names({ uuid: kept?.id })).toEqual(["a-one"]);
    expect(await names({ status: "inactive" })).toEqual(["a-one", "a-two"]);
    expect(await names({ status: "healthy" })).toEqual([]);
    expect(await names({ is_deleted: true })).toEqual(["b-gone"]);
  });

  test("comes in pages, and the official client walks them to the empty one", async () => {
    await Promise.all(Array.from({ length: 5 }, (_, index) => create(`t${index}`)));
    await cloudflare.admin.clearCalls();

    const second = await tunnels().list({ ...account, page: 2, per_page: 2 });
    const all: unknown[] = [];
    for await (const tunnel of tunnels().list({ ...account, per_page: 2 })) all.push(tunnel.name);

    expect(second.result).toHaveLength(2);
    expect(second.result_info).toEqual({ page: 2, per_page: 2, count: 2, total_count: 5, total_pages: 3 });
    expect(all).toEqual(["t0", "t1", "t2", "t3", "t4"]);
    expect((await cloudflare.admin.calls()).total).toBe(1 + 4);
  });

  test("takes pages of up to 1,000", async () => {
    await expect(tunnels().list({ ...account, per_page: 1000 })).resolves.toBeDefined();
    await expect(tunnels().list({ ...account, per_page: 1001 })).rejects.toMatchObject(
      refusal(400, 1001, /per_page is "1001"; it must be a whole number from 1 to 1000/),
    );
  });
});

describe("one tunnel", () => {
  test("is renamed, but not to a name that is taken", async () => {
    const { id = "" } = await create("acme");
    await create("taken");

    const renamed = await tunnels().edit(id, { ...account, name: "better" });

    expect(renamed.name).toBe("better");
    await expect(tunnels().edit(id, { ...account, name: "taken" })).rejects.toMatchObject(refusal(409, 1013));
  });

  test("gets another token when its secret is rotated", async () => {
    const { id = "" } = await create("acme");
    const before = await tunnels().token.get(id, account);

    await tunnels().edit(id, { ...account, tunnel_secret: randomBytes(32).toString("base64") });

    expect(await tunnels().token.get(id, account)).not.toBe(before);
  });

  test("never shows its secret in listing, reading or the stand-in's own state", async () => {
    const tunnel_secret = randomBytes(32).toString("base64");
    const { id = "" } = await create("acme", { tunnel_secret });

    const shown = [
      await tunnels().get(id, account),
      (await tunnels().list(account)).result,
      await cloudflare.admin.state(),
    ];

    expect(JSON.stringify(shown)).not.toContain(tunnel_secret);
  });

  test("can still be read after its deletion, with deleted_at, and nothing else", async () => {
    const { id = "" } = await create("acme");

    await tunnels().delete(id, account);

    expect((await tunnels().get(id, account)).deleted_at).toMatch(/^\d{4}-/);
    await expect(tunnels().delete(id, account)).rejects.toMatchObject(refusal(404, 1003));
    await expect(tunnels().token.get(id, account)).rejects.toMatchObject(refusal(404, 1003));
    await expect(tunnels().edit(id, { ...account, name: "x" })).rejects.toMatchObject(refusal(404, 1003));
  });

  test("that never was is 404, and an id that is none is 400", async () => {
    await expect(tunnels().get(randomUUID(), account)).rejects.toMatchObject(refusal(404, 1003));
    await expect(tunnels().get("not-an-id", account)).rejects.toMatchObject(refusal(400, 7003));
  });
});

test("an endpoint that does not exist is 404 with 7000", async () => {
  await expect(cloudflare.client.get("/accounts/x/nothing")).rejects.toMatchObject(refusal(404, 7000));
});
