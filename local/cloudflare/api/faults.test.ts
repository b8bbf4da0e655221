import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../../test/support/cloudflare/test-cloudflare.ts";
import type { FaultOrder } from "./faults.ts";

const CREATE = "POST /accounts/{account_id}/cfd_tunnel";
const ZONE_GET = "GET /zones/{zone_id}";
let cloudflare: TestCloudflare;
beforeAll(async () => {
  cloudflare = await startTestCloudflare();
});
beforeEach(() => cloudflare.admin.reset());
afterAll(() => cloudflare.close());

const create = (name: string) =>
  cloudflare.client.zeroTrust.tunnels.cloudflared.create({ account_id: ACCOUNT, name });
const readZone = (timeout = 5_000) => cloudflare.client.zones.get({ zone_id: ZONE.id }, { timeout });
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "done",
    (error: { status?: number; name: string }) => error.status ?? error.name,
  );
const tunnelNames = async () => (await cloudflare.admin.state()).tunnels.map(({ name }) => name);

test("a status is answered on the call that was named, and on no other", async () => {
  const effect = { kind: "status", status: 503 } as const;
  await cloudflare.admin.addFault({ endpoint: CREATE, nth: 2, times: 2, effect });

  const outcomes: unknown[] = [];
  for (const name of ["a", "b", "c", "d"]) outcomes.push(await outcome(create(name)));

  expect(outcomes).toEqual(["done", 503, 503, "done"]);
  expect(await tunnelNames()).toEqual(["a", "d"]);
});

test.each([
  ["the body", CREATE, () => create(`acme-${randomUUID()}`)],
  ["the path", ZONE_GET, () => readZone()],
])(
  "a fault about one thing is for calls that name it in %s, and counts no others",
  async (_, endpoint, call) => {
    const named = { endpoint, effect: { kind: "status", status: 503 } } as const;
    await cloudflare.admin.addFault({ ...named, about: "globex" });
    const others = await outcome(call());

    await cloudflare.admin.clearFaults();
    await cloudflare.admin.addFault({ ...named, about: endpoint === CREATE ? "acme" : ZONE.id });
    const hit = await outcome(call());

    expect([others, hit]).toEqual(["done", 503]);
  },
);

test("other endpoints are untouched", async () => {
  await cloudflare.admin.addFault({ endpoint: CREATE, effect: { kind: "status", status: 500 } });

  await expect(readZone()).resolves.toMatchObject({ id: ZONE.id });
});

test("the body can be given", async () => {
  const body = { success: false, errors: [{ code: 10013, message: "internal" }], messages: [], result: null };
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, effect: { kind: "status", status: 500, body } });

  await expect(readZone()).rejects.toMatchObject({
    status: 500,
    errors: [{ code: 10013, message: "internal" }],
  });
});

test("an answer is lost after the effect", async () => {
  await cloudflare.admin.addFault({ endpoint: CREATE, effect: { kind: "lost-answer" } });

  const lost = await outcome(create("acme"));

  expect(lost).toBe("Error");
  expect(await tunnelNames()).toEqual(["acme"]);
  await expect(create("acme")).rejects.toMatchObject({ status: 409 });
});

test("a call hangs, without effect, until the client gives up", async () => {
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, effect: { kind: "hang" } });

  await expect(readZone(150)).rejects.toThrow("Request timed out.");
  await expect(readZone()).resolves.toMatchObject({ id: ZONE.id });
});

test("garbage is answered with 200 and is no JSON", async () => {
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, effect: { kind: "garbage" } });

  const response = await fetch(`${cloudflare.apiUrl}/zones/${ZONE.id}`, {
    headers: { authorization: "Bearer full-token" },
  });

  expect(response.status).toBe(200);
  expect(await response.text()).toContain("not what you asked for");
});

const TUNNELS = "GET /accounts/{account_id}/cfd_tunnel";
const list = (page: number) =>
  cloudflare.client.zeroTrust.tunnels.cloudflared.list({ account_id: ACCOUNT, page, per_page: 3 });

test("half a listing lacks the second half of its page, and result_info still counts all of it", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await create(name);
  await cloudflare.admin.addFault({ endpoint: TUNNELS, effect: { kind: "half-listing" } });

  const half = await list(1);
  const whole = await list(1);

  expect(half.result.map(({ name }) => name)).toEqual(["a"]);
  expect(half.result_info).toEqual(whole.result_info);
  expect(whole.result_info).toEqual({ page: 1, per_page: 3, count: 3, total_count: 5, total_pages: 2 });
  expect(whole.result).toHaveLength(3);
});

test.each([
  [1, ["a"], { page: 1, per_page: 3, count: 1, total_count: 1, total_pages: 1 }],
  [2, ["d"], { page: 2, per_page: 3, count: 1, total_count: 4, total_pages: 2 }],
])("half a listing that lies about it, on page %i, says that it is all", async (page, names, info) => {
  for (const name of ["a", "b", "c", "d", "e"]) await create(name);
  await cloudflare.admin.addFault({ endpoint: TUNNELS, effect: { kind: "half-listing", honest: false } });

  const half = await list(page);

  expect(half.result.map(({ name }) => name)).toEqual(names);
  expect(half.result_info).toEqual(info);
});

test("half a listing of one is an empty one", async () => {
  await create("a");
  await cloudflare.admin.addFault({ endpoint: TUNNELS, effect: { kind: "half-listing" } });

  expect((await list(1)).result).toEqual([]);
});

test("half a listing of what is no listing is refused with the endpoints that list", async () => {
  const order: FaultOrder = { endpoint: CREATE, effect: { kind: "half-listing" } };

  await expect(cloudflare.admin.addFault(order)).rejects.toThrow(
    /half-listing needs an endpoint that lists: GET \/zones, /,
  );
});

test("faults on one endpoint each count its calls from when they were ordered", async () => {
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, nth: 2, effect: { kind: "status", status: 500 } });
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, nth: 3, effect: { kind: "status", status: 502 } });

  const outcomes: unknown[] = [];
  for (let n = 0; n < 4; n++) outcomes.push(await outcome(readZone()));

  expect(outcomes).toEqual(["done", 500, 502, "done"]);
});

test("cleared faults do nothing", async () => {
  await cloudflare.admin.addFault({ endpoint: ZONE_GET, effect: { kind: "status", status: 500 } });

  await cloudflare.admin.clearFaults();

  await expect(readZone()).resolves.toBeDefined();
});

test("a fault on an endpoint that does not exist is refused with those that do", async () => {
  const order: FaultOrder = { endpoint: "POST /tunnels", effect: { kind: "hang" } };

  await expect(cloudflare.admin.addFault(order)).rejects.toThrow(
    /no endpoint \\"POST \/tunnels\\".*POST \/accounts\/\{account_id\}\/cfd_tunnel/,
  );
});

test("calls are counted by endpoint, the failed ones too", async () => {
  await cloudflare.admin.addFault({ endpoint: CREATE, effect: { kind: "status", status: 500 } });
  await outcome(create("a"));
  await create("a");
  await readZone();

  const report = await cloudflare.admin.calls();
  await cloudflare.admin.clearCalls();

  expect(report).toEqual({ total: 3, byEndpoint: { [CREATE]: 2, [ZONE_GET]: 1 } });
  expect(await cloudflare.admin.calls()).toEqual({ total: 0, byEndpoint: {} });
});
