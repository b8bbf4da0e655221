import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ACCOUNT,
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../../test/support/cloudflare/test-cloudflare.ts";

const BUDGET = { calls: 3, windowSeconds: 300 };
let now = 0;
let cloudflare: TestCloudflare;
beforeAll(async () => {
  const tokens = [{ value: "neighbour", permissions: ["Zone Read"] as const }];
  cloudflare = await startTestCloudflare({ callBudget: BUDGET, now: () => now, tokens });
});
beforeEach(() => cloudflare.admin.reset());
afterAll(() => cloudflare.close());

const call = async (token = "full-token") => {
  const response = await fetch(`${cloudflare.apiUrl}/zones`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { errors } = (await response.json()) as { errors: { code: number }[] };
  return { status: response.status, headers: response.headers, code: errors[0]?.code };
};

test("every answer says what is left, refusals included", async () => {
  const first = await call();
  now += 10_500;
  const second = await fetch(`${cloudflare.apiUrl}/zones/${"e".repeat(32)}`, {
    headers: { authorization: "Bearer full-token" },
  });

  expect(first.headers.get("ratelimit")).toBe('"default";r=2;t=300');
  expect(first.headers.get("ratelimit-policy")).toBe('"default";q=3;w=300');
  expect(second.status).toBe(404);
  expect(second.headers.get("ratelimit")).toBe('"default";r=1;t=290');
});

test("an answer that fails says it too", async () => {
  const effect = { kind: "status", status: 503 } as const;
  await cloudflare.admin.addFault({ endpoint: "GET /zones", effect });

  const failed = await call();
  const forbidden = await fetch(`${cloudflare.apiUrl}/accounts/${ACCOUNT}/cfd_tunnel`, {
    headers: { authorization: "Bearer neighbour" },
  });

  expect(failed.status).toBe(503);
  expect(failed.headers.get("ratelimit")).toBe('"default";r=2;t=300');
  expect(forbidden.status).toBe(403);
  expect(forbidden.headers.get("ratelimit")).toBe('"default";r=2;t=300');
});

test("one call too many blocks every call for a window from then on", async () => {
  for (let n = 0; n < BUDGET.calls; n++) expect((await call()).status).toBe(200);
  now += 200_000;

  const blocked = await call();
  now += 299_000;
  const stillBlocked = await call();
  now += 1_001;
  const free = await call();

  expect(blocked).toMatchObject({ status: 429, code: 971 });
  expect(blocked.headers.get("retry-after")).toBe("300");
  expect(stillBlocked.status).toBe(429);
  expect(stillBlocked.headers.get("retry-after")).toBe("1");
  expect(free.status).toBe(200);
});

test("the budget comes back with the next window", async () => {
  for (let n = 0; n < BUDGET.calls; n++) await call();
  now += 300_001;

  const next = await call();

  expect(next.headers.get("ratelimit")).toBe('"default";r=2;t=300');
});

test("each token has its own", async () => {
  for (let n = 0; n <= BUDGET.calls; n++) await call();

  expect((await call()).status).toBe(429);
  expect((await call("neighbour")).status).toBe(200);
});

test("the official client sees a rate limit error with its code", async () => {
  for (let n = 0; n < BUDGET.calls; n++) await call();

  const blocked = cloudflare.client.zones.get({ zone_id: ZONE.id });

  await expect(blocked).rejects.toMatchObject({
    status: 429,
    errors: [{ code: 971, message: expect.stringContaining("More than 3 requests per 300 seconds") }],
  });
});
