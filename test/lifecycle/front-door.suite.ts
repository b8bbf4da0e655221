import { expect, test } from "vitest";
import { remainsOf } from "../support/remains.ts";
import { api, facts } from "../support/stage.ts";
import { remove, whenRowGone, whenStatus } from "../support/tenants.ts";

test("the API describes itself, changes what a tenant is for, waits for it, and tells what was done about it", async () => {
  const slug = "well-described";
  await api("POST", "/tenants", { slug, owner: "team-a" });

  const description = await api("GET", "/openapi.json");
  const patched = await api("PATCH", `/tenants/${slug}`, { labels: { plan: "trial" } });
  let awaited = await api("GET", `/tenants/${slug}/wait`);
  while (awaited.body.status === "provisioning") awaited = await api("GET", `/tenants/${slug}/wait`);
  const listed = await api("GET", "/tenants?label=plan%3Dtrial&owner=team-a");
  const events = await api("GET", `/tenants/${slug}/events`);

  expect(description.body.paths).toHaveProperty([`/tenants/{slug}/wait`]);
  expect(patched).toMatchObject({ status: 200, body: { labels: { plan: "trial" } } });
  expect(awaited).toMatchObject({ status: 200, body: { status: "ready", owner: "team-a" } });
  expect(listed.body.tenants).toMatchObject([{ slug }]);
  expect(events).toMatchObject({ status: 200, body: { events: [] } });
  await remove(slug);
  await whenRowGone(slug);
});

test("a request that is not signed is refused", async () => {
  const { status } = await fetch(`${facts.apiUrl}/tenants`);

  expect(status).toBe(403);
});

test("an unknown path and an unknown method are answered by the API itself", async () => {
  const path = await api("GET", "/no/such/thing");
  const method = await api("PUT", "/tenants", { slug: "put-it-so" });

  expect([path.status, method.status]).toEqual([404, 405]);
  expect(path.body.detail).toContain("/tenants");
  expect(method.headers.get("allow")).toBe("GET, POST");
});

test("the same request sent twice with one Idempotency-Key makes one tenant, and a new one after its removal", async () => {
  const slug = "sent-twice";
  const send = () => api("POST", "/tenants", { slug }, { "idempotency-key": "order-4711" });

  const first = await send();
  const second = await send();

  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.headers.get("location")).toBe(first.headers.get("location"));
  await whenStatus(slug, "ready");
  expect((await remainsOf([slug])).instances).toHaveLength(1);
  expect((await send()).body.status).toBe("ready");
  await remove(slug);
  expect((await send()).status).toBe(409);
  await whenRowGone(slug);
  expect((await send()).status).toBe(202);
  expect((await api("GET", `/tenants/${slug}`)).status).toBe(200);
  await remove(slug);
  await whenRowGone(slug);
});

test.each([
  ["bad JSON", "{", 400],
  ["an unknown field", { slug: "fine-slug", colour: "red" }, 422],
  ["a wrong type", { slug: 7 }, 422],
  ["a reserved slug", { slug: "www" }, 422],
  ["a slug that is no DNS label", { slug: "-no-" }, 422],
  ["a body over 64 KiB", { slug: "x".repeat(70_000) }, 413],
])("%s is refused with a problem that says so, and changes nothing", async (_, body, expected) => {
  const { status, headers, body: problem } = await api("POST", "/tenants", body);

  expect(status).toBe(expected);
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(problem).toMatchObject({ status: expected, title: expect.any(String), detail: expect.any(String) });
  expect((await api("GET", "/tenants/fine-slug")).status).toBe(404);
});

test("a taken slug and a deletion without its confirmation are refused", async () => {
  const slug = "held-slug";
  await api("POST", "/tenants", { slug });

  const taken = await api("POST", "/tenants", { slug });
  const unconfirmed = await api("DELETE", `/tenants/${slug}`, { confirm: "another" });

  expect(taken.status).toBe(409);
  expect(unconfirmed.status).toBe(422);
  await remove(slug);
  const leaving = await api("POST", "/tenants", { slug });
  expect(leaving.status).toBe(409);
  expect(leaving.body.type).not.toBe(taken.body.type);
  await whenRowGone(slug);
});

test("tenants are listed by pages that miss none", async () => {
  const slugs = ["page-one", "page-two", "page-three"];
  await Promise.all(slugs.map((slug) => api("POST", "/tenants", { slug })));

  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await api(
      "GET",
      `/tenants?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
    );
    listed.push(...body.tenants.map((tenant: { slug: string }) => tenant.slug));
    cursor = body.nextCursor;
  } while (cursor);

  expect(listed).toEqual(expect.arrayContaining(slugs));
  await Promise.all(slugs.map(remove));
  await Promise.all(slugs.map(whenRowGone));
});
