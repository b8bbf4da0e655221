import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  startTestCloudflare,
  type TestCloudflare,
  ZONE,
} from "../../../test/support/cloudflare/test-cloudflare.ts";

let cloudflare: TestCloudflare;
beforeAll(async () => {
  cloudflare = await startTestCloudflare({ recordQuota: 20 });
});
beforeEach(() => cloudflare.admin.reset());
afterAll(() => cloudflare.close());

const zone = { zone_id: ZONE.id };
const records = () => cloudflare.client.dns.records;
type Creation = Parameters<ReturnType<typeof records>["create"]>[0];
const cname = (name: string, rest: object = {}) => ({
  type: "CNAME" as const,
  name,
  content: "target.example.com",
  ttl: 1 as const,
  proxied: true,
  ...rest,
});
const create = (body: object) => records().create({ ...zone, ...body } as Creation);
const refusal = (status: number, code: number, message?: RegExp) => ({
  status,
  errors: [{ code, message: message ? expect.stringMatching(message) : expect.any(String) }],
});

describe("creating", () => {
  test("answers the record with its complete name", async () => {
    const record = await create(cname("Acme", { comment: "warren:local:acme:01" }));

    expect(record).toMatchObject({
      type: "CNAME",
      name: "acme.example.test",
      content: "target.example.com",
      proxied: true,
      proxiable: true,
      ttl: 1,
      comment: "warren:local:acme:01",
      tags: [],
    });
    expect(record.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await records().get(record.id, zone)).toEqual(record);
  });

  test('takes "@" for the zone itself, and a complete name as it is', async () => {
    expect(await create(cname("@"))).toMatchObject({ name: "example.test" });
    expect(await create(cname("a.example.test"))).toMatchObject({ name: "a.example.test" });
  });

  test.each([
    ["a CNAME beside a CNAME", cname("a"), cname("a", { content: "other.example.com" }), 81053],
    ["the same CNAME again", cname("a"), cname("a"), 81053],
    ["a CNAME beside an address", { type: "A", name: "a", content: "192.0.2.1", ttl: 1 }, cname("a"), 81053],
    ["an address beside a CNAME", cname("a"), { type: "A", name: "a", content: "192.0.2.1", ttl: 1 }, 81054],
    [
      "an identical record",
      { type: "TXT", name: "a", content: "x", ttl: 1 },
      { type: "TXT", name: "a", content: "x", ttl: 1 },
      81058,
    ],
    [
      "the same record with another ttl",
      { type: "TXT", name: "a", content: "x", ttl: 1 },
      { type: "TXT", name: "a", content: "x", ttl: 60 },
      81057,
    ],
  ])("refuses %s", async (_what, first, second, code) => {
    await create(first);

    await expect(create(second)).rejects.toMatchObject(refusal(400, code));
    expect((await cloudflare.admin.state()).records).toHaveLength(1);
  });

  test("allows two addresses, and text, on one host", async () => {
    await create({ type: "A", name: "a", content: "192.0.2.1", ttl: 60 });
    await create({ type: "A", name: "a", content: "192.0.2.2", ttl: 60 });
    await create({ type: "AAAA", name: "a", content: "2001:db8::1", ttl: 60 });
    await create({ type: "TXT", name: "a", content: "hello", ttl: 60 });

    expect((await records().list(zone)).result).toHaveLength(4);
  });

  test.each([
    ["no ttl", { type: "CNAME", name: "a", content: "b.example.com" }, /ttl/],
    ["a ttl of 59", cname("a", { ttl: 59 }), /Invalid TTL/],
    ["a comment of 101 characters", cname("a", { comment: "c".repeat(101) }), /a free zone allows 100/],
    ["tags", cname("a", { tags: ["owner:warren"] }), /quota of 0/],
    ["a type it does not know", { ...cname("a"), type: "LOC" }, /type/],
    ["a name that is none", cname("a b"), /DNS name is invalid/],
    ["itself as content", cname("a", { content: "a.example.test" }), /Content for CNAME/],
    ["a hostname as an address", { type: "A", name: "a", content: "b.example.com", ttl: 1 }, /valid IPv4/],
    ["proxied text", { type: "TXT", name: "a", content: "x", ttl: 1, proxied: true }, /cannot be proxied/],
  ])("refuses %s", async (_what, body, message) => {
    await expect(create(body)).rejects.toMatchObject({
      status: 400,
      errors: [{ code: expect.any(Number), message: expect.stringMatching(message) }],
    });
    expect((await cloudflare.admin.state()).records).toEqual([]);
  });

  test("ends at the zone's quota with 81045", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => create(cname(`r${index}`))));

    await expect(create(cname("one-too-many"))).rejects.toMatchObject(refusal(400, 81045));
  });
});

describe("listing", () => {
  const names = async (query: object) =>
    (await records().list({ ...zone, ...query })).result.map(({ name }) => name.replace(".example.test", ""));

  beforeEach(async () => {
    await create(cname("one", { comment: "warren:local:one:1" }));
    await create(cname("two", { comment: "warren:other:two:2" }));
    await create({ type: "TXT", name: "note", content: "Hello", ttl: 60 });
  });

  test.each([
    [{}, ["one", "two", "note"]],
    [{ name: { exact: "ONE.example.test" } }, ["one"]],
    [{ name: { startswith: "t" } }, ["two"]],
    [{ name: { endswith: ".example.test" }, type: "TXT" }, ["note"]],
    [{ name: { contains: "o" }, type: "CNAME" }, ["one", "two"]],
    [{ content: { contains: "HELLO" } }, ["note"]],
    [{ content: { exact: "target.example.com" } }, ["one", "two"]],
    [{ comment: { startswith: "warren:local:" } }, ["one"]],
    [{ comment: { contains: "warren" } }, ["one", "two"]],
    [{ comment: { absent: "" } }, ["note"]],
    [{ comment: { present: "" } }, ["one", "two"]],
    [{ proxied: false }, ["note"]],
    [{ match: "any", name: { startswith: "one" }, comment: { contains: "other" } }, ["one", "two"]],
  ])("with %j finds %j", async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test("takes a plain name too", async () => {
    expect(await names({ name: "two.example.test" })).toEqual(["two"]);
  });

  test("comes in pages", async () => {
    const page = await records().list({ ...zone, page: 2, per_page: 2 });

    expect(page.result).toHaveLength(1);
    expect(page.result_info).toMatchObject({ total_count: 3, total_pages: 2, count: 1 });
  });
});

describe("changing", () => {
  test("a put replaces all of a record but its id", async () => {
    const { id } = await create(cname("a", { comment: "before" }));

    const replaced = await records().update(id, { ...zone, ...cname("a", { content: "new.example.com" }) });

    expect(replaced).toMatchObject({ id, content: "new.example.com", comment: null });
  });

  test("a patch changes what it names", async () => {
    const { id } = await create(cname("a", { comment: "kept" }));

    const patched = await records().edit(id, { ...zone, content: "new.example.com" } as Parameters<
      ReturnType<typeof records>["edit"]
    >[1]);

    expect(patched).toMatchObject({ id, content: "new.example.com", comment: "kept", proxied: true });
  });

  test("neither may take a host that is taken", async () => {
    await create(cname("a"));
    const { id } = await create(cname("b"));

    await expect(records().update(id, { ...zone, ...cname("a") })).rejects.toMatchObject(refusal(400, 81053));
    expect(await records().get(id, zone)).toMatchObject({ name: "b.example.test" });
  });

  test("a delete answers the id, and a second one 404 with 81044", async () => {
    const { id } = await create(cname("a"));

    expect(await records().delete(id, zone)).toEqual({ id });
    await expect(records().delete(id, zone)).rejects.toMatchObject(refusal(404, 81044));
    await expect(records().get(id, zone)).rejects.toMatchObject(refusal(404, 81044));
  });
});

describe("a batch", () => {
  test("deletes before it posts, so that a host can change hands in one", async () => {
    const old = await create(cname("a"));
    const other = await create(cname("b"));

    const done = await records().batch({
      ...zone,
      deletes: [{ id: old.id }],
      patches: [{ ...cname("b"), id: other.id, comment: "patched" }],
      posts: [cname("a", { content: "new.example.com" })],
    });

    expect(done.deletes).toMatchObject([{ id: old.id }]);
    expect(done.patches).toMatchObject([{ id: other.id, comment: "patched" }]);
    expect(done.posts).toMatchObject([{ name: "a.example.test", content: "new.example.com" }]);
    expect(done.puts).toEqual([]);
  });

  test("that fails anywhere changes nothing", async () => {
    const kept = await create(cname("a"));

    const batch = records().batch({ ...zone, deletes: [{ id: kept.id }], posts: [cname("b"), cname("b")] });

    await expect(batch).rejects.toMatchObject(refusal(400, 81053));
    expect((await records().list(zone)).result.map(({ id }) => id)).toEqual([kept.id]);
  });

  test("takes no more than 200 changes", async () => {
    const posts = Array.from({ length: 201 }, (_, index) => cname(`r${index}`));

    await expect(records().batch({ ...zone, posts })).rejects.toMatchObject(
      refusal(400, 1004, /takes 200 changes/),
    );
  });
});
