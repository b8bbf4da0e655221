import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleRow } from "../../test/support/sample.ts";
import { startTestApi, type TestApi } from "../../test/support/test-api.ts";

const failure = {
  step: "Launch Instance",
  error: "CapacityError",
  reason: "None of 3 subnets has room.",
  at: "2026-11-22T12:05:00.000Z",
};

describe("POST /tenants with an Idempotency-Key", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  const rowOf = async (slug: string) => (await api.rows()).find((row) => row.slug === slug);
  const withKey = (key: string, slug: string) =>
    api.call("POST /tenants", { body: { slug }, headers: { "idempotency-key": key } });
  /** A tenant that the key made, and what became of it. */
  const changed = async (key: string, slug: string, changes: object) => {
    await withKey(key, slug);
    const row = { ...sampleRow(), ...(await rowOf(slug)), ...changes };
    await api.put(row);
    return row;
  };

  it("makes one tenant of a request that is sent again, and answers the same", async () => {
    const first = await withKey("key-1", "again");
    const second = await withKey("key-1", "again");

    expect(second).toEqual(first);
    expect((await api.rows()).filter(({ slug }) => slug === "again")).toHaveLength(1);
  });

  it("makes one tenant of a request that is sent five times at once", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => withKey("key-2", "at-once")));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it("refuses a key that was used for another request", async () => {
    await withKey("key-3", "first-use");

    const answer = await withKey("key-3", "second-use");

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "idempotency-key" }] } });
    expect(await rowOf("second-use")).toBeUndefined();
  });

  const ACCOUNT = "arn:aws:sts::000000000000";
  const iam = (userArn: string, more: object = {}) => ({ iam: { userArn, ...more } });
  const jwt = (iss: string, sub: string) => ({ jwt: { claims: { iss, sub } } });
  const ofPool = (identityId: string) =>
    iam(`${ACCOUNT}:assumed-role/pool/CognitoIdentityCredentials`, { cognitoIdentity: { identityId } });
  const asCaller = (key: string, slug: string, authorizer: object) =>
    api.call("POST /tenants", { body: { slug }, headers: { "idempotency-key": key }, authorizer });

  it.each([
    ["users", iam("arn:aws:iam::000000000000:user/one"), iam("arn:aws:iam::000000000000:user/other")],
    ["roles", iam(`${ACCOUNT}:assumed-role/one/s`), iam(`${ACCOUNT}:assumed-role/other/s`)],
    ["federated users", iam(`${ACCOUNT}:federated-user/one`), iam(`${ACCOUNT}:federated-user/other`)],
    ["identities of one Cognito pool", ofPool("eu-central-1:one"), ofPool("eu-central-1:other")],
    ["subjects of a token's issuer", jwt("https://i.example", "one"), jwt("https://i.example", "other")],
    ["issuers of a token", jwt("https://one.example", "s"), jwt("https://other.example", "s")],
  ])("keeps the keys of different %s apart", async (kind, one, other) => {
    const name = kind.toLowerCase().replace(/\W+/g, "-");
    await asCaller(`key-of-${name}`, `one-${name}`, one);

    const answer = await asCaller(`key-of-${name}`, `other-${name}`, other);

    expect(answer.status).toBe(202);
  });

  it("knows a role again in its next session", async () => {
    const first = await asCaller("key-4", "of-role", iam(`${ACCOUNT}:assumed-role/deployer/monday`));

    const second = await asCaller("key-4", "of-role", iam(`${ACCOUNT}:assumed-role/deployer/tuesday`));

    expect(second).toEqual(first);
  });

  it.each(["", "with space", "ü", "x".repeat(256)])("refuses the malformed key «%s»", async (key) => {
    const answer = await withKey(key, "malformed");

    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: "idempotency-key" }] } });
    expect(await rowOf("malformed")).toBeUndefined();
  });

  it("writes no key for a request that was refused", async () => {
    await api.put(sampleRow({ slug: "held", status: "ready" }));
    await withKey("key-5", "held");

    expect((await withKey("key-5", "not-held")).status).toBe(202);
  });

  it.each([
    ["is ready", { status: "ready" }],
    ["has failed, with its failure", { status: "failed", failure }],
    ["is not served any more", { status: "degraded" }],
  ])("answers the tenant as it is by now: one that %s", async (_, changes) => {
    const slug = `became-${changes.status}`;
    await changed(`key-${slug}`, slug, changes);

    const answer = await withKey(`key-${slug}`, slug);

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/tenants/${slug}` },
      body: { slug, ...changes },
    });
    expect(answer.body).toEqual((await api.call("GET /tenants/{slug}", { slug })).body);
  });

  it("ends with the tenant it made: after the removal, the same request makes a new one", async () => {
    const { generation } = await changed("key-6", "made-again", { status: "ready" });
    await api.take("made-again");

    const answer = await withKey("key-6", "made-again");

    expect(answer).toMatchObject({ status: 202, body: { status: "provisioning" } });
    expect(answer.body).toEqual((await api.call("GET /tenants/{slug}", { slug: "made-again" })).body);
    const row = await rowOf("made-again");
    expect(row).toMatchObject({ status: "provisioning", deletions: 0 });
    expect(row?.generation).not.toBe(generation);
    expect(await withKey("key-6", "made-again")).toEqual(answer);
    expect(await rowOf("made-again")).toEqual(row);
  });

  it("makes one new tenant of five requests at once after the removal", async () => {
    const { generation } = await changed("key-7", "again-at-once", { status: "ready" });
    await api.take("again-at-once");

    const answers = await Promise.all(Array.from({ length: 5 }, () => withKey("key-7", "again-at-once")));

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await rowOf("again-at-once"))?.generation).not.toBe(generation);
  });

  it("promises nothing while the tenant it made is being deleted", async () => {
    const row = await changed("key-8", "leaving", { status: "deleting", deletions: 1 });

    const answer = await withKey("key-8", "leaving");

    expect(answer).toMatchObject({ status: 409, body: { type: "urn:warren:problem:tenant-being-deleted" } });
    expect(await rowOf("leaving")).toEqual(row);
  });

  it("is over once the slug is another tenant's, who keeps it", async () => {
    const row = await changed("key-9", "of-another", { generation: ulid(), status: "ready" });

    const answer = await withKey("key-9", "of-another");

    expect(answer).toMatchObject({ status: 409, body: { type: "urn:warren:problem:slug-taken" } });
    expect(await rowOf("of-another")).toEqual(row);
  });

  it("refuses the key of a removed tenant for another request all the same", async () => {
    await withKey("key-10", "removed");
    await api.take("removed");

    const answer = await withKey("key-10", "not-the-same");

    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "idempotency-key" }] } });
    expect(await rowOf("not-the-same")).toBeUndefined();
  });

  it("forgets a key after a day, though its record is still there", async () => {
    await withKey("key-11", "long-ago");
    await api.expireKeys();

    const [same, other] = [await withKey("key-11", "long-ago"), await withKey("key-11", "long-after")];

    expect(same).toMatchObject({ status: 409, body: { type: "urn:warren:problem:slug-taken" } });
    expect(other.status).toBe(202);
  });
});
