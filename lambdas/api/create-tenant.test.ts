import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleRow } from "../../test/support/sample.ts";
import { startTestApi, type TestApi } from "../../test/support/test-api.ts";

const POST = "POST /tenants";
const KIB = 1024;

describe("POST /tenants", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  const rowOf = async (slug: string) => (await api.rows()).find((row) => row.slug === slug);

  it("accepts a tenant, says where to watch it, and writes what should exist", async () => {
    const answer = await api.call(POST, { body: { slug: "acme" } });

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: "/tenants/acme", "content-type": "application/json" },
      body: {
        slug: "acme",
        hostname: "acme.example.test",
        status: "provisioning",
        queued: { place: expect.any(Number), of: expect.any(Number), since: expect.any(String) },
      },
    });
    expect(await rowOf("acme")).toMatchObject({
      status: "provisioning",
      generation: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      steps: {},
      resources: {},
      deletions: 0,
      queue: "provision-tenant",
      requestedBy: "arn:aws:iam::000000000000:user/test",
    });
  });

  it("reads a body that the gateway has encoded", async () => {
    const raw = Buffer.from('{"slug":"encoded"}').toString("base64");

    expect((await api.call(POST, { raw, base64: true })).status).toBe(202);
  });

  it("keeps what the tenant says it is for, and gives turns in the queue by its owner", async () => {
    const said = { displayName: "Wayne Enterprises", owner: "team-gotham", labels: { plan: "trial" } };

    const { status, body } = await api.call(POST, { body: { slug: "wayne", ...said } });

    expect(status).toBe(202);
    expect(body).toMatchObject(said);
    expect(await rowOf("wayne")).toMatchObject({ ...said, requestedBy: "team-gotham" });
  });

  it.each<[string, number, object, object, string]>([
    [
      "that is not JSON",
      400,
      { raw: "{slug:" },
      { path: "", allowed: "a JSON object, in UTF-8" },
      "bad-request",
    ],
    [
      "that is nested deeper than anything that walks it can follow",
      400,
      { raw: `{"slug":${"[".repeat(5_000)}${"]".repeat(5_000)}}` },
      { path: "", found: "5001 levels", allowed: "at most 20 levels" },
      "bad-request",
    ],
    ["that is not UTF-8", 400, { raw: "/w==", base64: true }, { path: "" }, "bad-request"],
    [
      "with an unknown field",
      422,
      { body: { slug: "fine", plan: "gold" } },
      { path: "/plan", found: "gold", allowed: "no such field" },
      "invalid-request",
    ],
    [
      "with a wrong type",
      422,
      { body: { slug: 7 } },
      { path: "/slug", found: 7, allowed: "a string" },
      "invalid-request",
    ],
    ["that is no object", 422, { body: ["fine"] }, { path: "", found: ["fine"] }, "invalid-request"],
    ["without a slug", 422, { body: {} }, { path: "/slug", allowed: "a string" }, "invalid-request"],
    ["that is missing", 422, {}, { path: "/slug", allowed: "a string" }, "invalid-request"],
    [
      "over 64 KiB",
      413,
      { body: { slug: "fine", padding: "x".repeat(64 * KIB) } },
      { allowed: "at most 65536 bytes" },
      "body-too-large",
    ],
    [
      "declared as a form",
      415,
      { body: { slug: "fine" }, headers: { "content-type": "application/x-www-form-urlencoded" } },
      { path: "content-type", allowed: "application/json" },
      "unsupported-media-type",
    ],
  ])("refuses a body %s with %i, and changes nothing", async (_, status, request, complaint, type) => {
    const before = await api.rows();

    const answer = await api.call(POST, request);

    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body).toMatchObject({
      type: `urn:warren:problem:${type}`,
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: "urn:warren:request:request-1",
      errors: [complaint],
    });
    expect(await api.rows()).toEqual(before);
  });

  it("names everything that is wrong with a body", async () => {
    const { body } = await api.call(POST, { body: { slug: 7, plan: "gold", size: 2 } });

    expect(body.errors).toEqual(
      expect.arrayContaining([
        { path: "/slug", found: 7, allowed: "a string" },
        { path: "/plan", found: "gold", allowed: "no such field" },
        { path: "/size", found: 2, allowed: "no such field" },
      ]),
    );
  });

  it.each([
    ["too short", "ab", "3 to 40 characters"],
    ["too long", "a".repeat(41), "3 to 40 characters"],
    ["in capitals", "Acme", "a-z, 0-9 and inner hyphens"],
    ["beginning with a hyphen", "-acme", "a-z, 0-9 and inner hyphens"],
    ["ending with a hyphen", "acme-", "a-z, 0-9 and inner hyphens"],
    ["with a dot", "acme.co", "a-z, 0-9 and inner hyphens"],
    ["with a line end", "acme\n", "a-z, 0-9 and inner hyphens"],
    ["in punycode", "xn--mnchen-3ya", "no hyphens in both the third and the fourth place"],
    ["reserved", "www", "a name that the stage does not reserve"],
  ])("refuses a slug %s", async (_, slug, allowed) => {
    const answer = await api.call(POST, { body: { slug } });

    const errors = [{ path: "/slug", found: slug, allowed: expect.stringContaining(allowed) }];
    expect(answer).toMatchObject({ status: 422, body: { errors } });
  });

  it.each(["abc", "a".repeat(40), "a-1", "123"])("takes the slug %s", async (slug) => {
    expect((await api.call(POST, { body: { slug } })).status).toBe(202);
  });

  it.each([
    ["is ready", "ready", "slug-taken"],
    ["has failed", "failed", "slug-taken"],
    ["is being deleted", "deleting", "tenant-being-deleted"],
  ] as const)("refuses a slug whose tenant %s", async (_, status, type) => {
    const slug = `taken-${status}`;
    await api.put(sampleRow({ slug, status }));

    const answer = await api.call(POST, { body: { slug } });

    expect(answer).toMatchObject({ status: 409, body: { type: `urn:warren:problem:${type}` } });
    expect(await rowOf(slug)).toEqual(sampleRow({ slug, status }));
  });
});
