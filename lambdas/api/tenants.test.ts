import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adviceFor } from "../../core/advice.ts";
import { incarnation, sampleRow } from "../../test/support/sample.ts";
import { startTestApi, type TestApi } from "../../test/support/test-api.ts";

const GET = "GET /tenants/{slug}";
const DELETE = "DELETE /tenants/{slug}";
const failure = {
  step: "Launch Instance",
  error: "CapacityError",
  reason: "None of 3 subnets has room.",
  at: "2026-11-22T12:05:00.000Z",
};

describe("the tenants of the API", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi();
  });
  afterAll(() => api.stop());

  const rowOf = async (slug: string) => (await api.rows()).find((row) => row.slug === slug);
  const remove = (slug: string, confirm: unknown = slug) => api.call(DELETE, { slug, body: { confirm } });

  describe("GET /tenants/{slug}", () => {
    it("shows how far a tenant has come, and none of its resources", async () => {
      const steps = { "Create Tunnel": "2026-11-22T12:00:03.000Z" };
      const resources = { tunnelId: "t-1", instanceId: "i-1" };
      await api.put(sampleRow({ slug: "underway", steps, resources }));

      const { status, body } = await api.call(GET, { slug: "underway" });

      expect(status).toBe(200);
      expect(body).toEqual({
        slug: "underway",
        hostname: "underway.example.test",
        status: "provisioning",
        progress: { step: "Launch Instance", number: 2, of: 7, startedAt: "2026-11-22T12:00:03.000Z" },
        createdAt: "2026-11-22T12:00:00.000Z",
        updatedAt: "2026-11-22T12:00:00.000Z",
      });
    });

    it("shows a tenant that waits, and its place: first come first served, fair between those who asked", async () => {
      const waiting = { queue: "provision-tenant", requestedBy: "them" } as const;
      for (const second of [1, 2, 3])
        await api.put(
          sampleRow({ slug: `theirs-${second}`, ...waiting, queuedAt: `2026-11-22T12:00:0${second}.000Z` }),
        );
      const since = "2026-11-22T12:00:09.000Z";
      await api.put(sampleRow({ slug: "ours", ...waiting, requestedBy: "us", queuedAt: since }));

      const { body } = await api.call(GET, { slug: "ours" });

      expect(body).toMatchObject({ status: "provisioning", queued: { place: 2, of: 4, since } });
      expect(body).not.toHaveProperty("progress");
      const { body: list } = await api.call("GET /tenants", { query: { limit: "200" } });
      const places = (list.tenants as { slug: string; queued?: { place: number } }[])
        .filter(({ queued }) => queued)
        .map(({ slug, queued }) => [queued?.place, slug])
        .toSorted();
      expect(places).toEqual([
        [1, "theirs-1"],
        [2, "ours"],
        [3, "theirs-2"],
        [4, "theirs-3"],
      ]);
    });

    it("shows why a tenant failed", async () => {
      await api.put(sampleRow({ slug: "broken", status: "failed", failure }));

      const { body } = await api.call(GET, { slug: "broken" });

      expect(body).toMatchObject({
        status: "failed",
        failure: { ...failure, advice: adviceFor(failure, "broken") },
      });
      expect(body).not.toHaveProperty("progress");
    });

    it("shows what the sweeps see and what a repair does, and not which instances it replaces", async () => {
      const at = "2026-11-22T12:05:00.000Z";
      const health = { state: "down", cause: "connector", reason: "no connection", since: at } as const;
      const repair = { attempt: 2, reason: "no connection", startedAt: at, rung: "reboot-instance" };
      await api.put(
        sampleRow({
          slug: "mended",
          status: "repairing",
          health: { ...health, badSweeps: 2 },
          repair: { ...repair, failures: 1, resumed: 0, replaces: ["i-1"] },
        }),
      );

      const { body } = await api.call(GET, { slug: "mended" });

      expect(body).toMatchObject({ status: "repairing" });
      expect(body).toHaveProperty("health", health);
      expect(body).toHaveProperty("repair", repair);
    });

    it("tells a customer what went wrong in words that name nothing of ours, and an operator all of it", async () => {
      const reason =
        "role arn:aws:iam::111122223333:role/warren-test-launch may not ec2:RunInstances on i-0123456789abcdef0";
      const said = { ...failure, reason, lastWords: ["boot failed: /warren/test/tenants/x/admin-token"] };
      await api.put(sampleRow({ slug: "private", status: "failed", failure: said }));
      const as = async (scope: string) => {
        const authorizer = { jwt: { claims: { iss: "https://id.example.com", sub: "u", scope } } };
        return (await api.call(GET, { slug: "private", authorizer })).body.failure;
      };

      const [customer, operator] = [await as("tenants:read"), await as("tenants:read tenants:operate")];

      expect(customer).toMatchObject({
        reason: "role … may not ec2:RunInstances on …",
        error: "CapacityError",
      });
      expect(customer).not.toHaveProperty("lastWords");
      expect(operator).toMatchObject(said);
    });

    it("knows no tenant of a name that is longer than any key may be", async () => {
      const slug = "a".repeat(2_049);

      expect((await api.call(GET, { slug })).status).toBe(404);
      expect((await remove(slug)).status).toBe(404);
    });

    it("says so when there is no such tenant", async () => {
      expect(await api.call(GET, { slug: "nobody" })).toMatchObject({
        status: 404,
        body: { type: "urn:warren:problem:tenant-not-found", detail: expect.stringContaining("nobody") },
      });
    });
  });

  describe("GET /tenants/{slug}/events", () => {
    const EVENTS = "GET /tenants/{slug}/events";
    const rung = (minute: number, of = incarnation.generation) => ({
      slug: "storied",
      entry: `${of}#storied-repair-${minute}#restart-connector`,
      at: `2026-11-22T12:0${minute}:00.000Z`,
      reason: "repair" as const,
      attempt: minute,
      rung: "restart-connector" as const,
      outcome: "done" as const,
      detail: "restarted on i-0123456789abcdef0",
      healthy: minute > 2,
      evidence: "200",
    });

    it("tells what was done about this incarnation, the newest first, a page at a time", async () => {
      await api.put(sampleRow({ slug: "storied", status: "ready" }));
      await Promise.all([2, 1, 3].map((minute) => api.audit.append(rung(minute))));
      await api.audit.append(rung(4, "01KAAAAAAA5X0H3V0PM8NYQJ5D"));

      const first = await api.call(EVENTS, { slug: "storied", query: { limit: "2" } });
      const cursor = String(first.body.nextCursor);
      const second = await api.call(EVENTS, { slug: "storied", query: { limit: "2", cursor } });

      const minutes = [first, second].flatMap(({ body }) =>
        (body.events as { at: string }[]).map(({ at }) => at.slice(15, 16)),
      );
      expect(minutes).toEqual(["3", "2", "1"]);
      expect(second.body).not.toHaveProperty("nextCursor");
    });

    it("tells customers no names, and nothing that a machine said", async () => {
      await api.put(sampleRow({ slug: "storied", status: "ready" }));
      const entry = `${incarnation.generation}#x#console`;
      const lastWords = ["password=hunter2"];
      const at = "2026-11-22T12:09:00.000Z";
      await api.audit.append({
        slug: "storied",
        entry,
        at,
        reason: "last-words",
        instanceId: "i-1",
        lastWords,
      });
      await api.audit.append(rung(1));
      const authorizer = { jwt: { claims: { iss: "https://id.example.com", sub: "u" } } };

      const { body } = await api.call(EVENTS, { slug: "storied", authorizer });

      expect(JSON.stringify(body)).not.toMatch(/hunter2|i-0123456789abcdef0/);
      expect(JSON.stringify((await api.call(EVENTS, { slug: "storied" })).body)).toContain("hunter2");
    });

    it("says so when there is no such tenant", async () => {
      expect((await api.call(EVENTS, { slug: "nobody" })).status).toBe(404);
    });
  });

  describe("PATCH /tenants/{slug}", () => {
    const patch = (slug: string, body: object) => api.call("PATCH /tenants/{slug}", { slug, body });

    it("changes what is named, takes away what is null, and leaves the rest", async () => {
      await api.put(
        sampleRow({ slug: "named", displayName: "Old", labels: { plan: "trial", region: "eu" } }),
      );

      const { status, body } = await patch("named", {
        displayName: "New",
        labels: { plan: null, tier: "gold" },
      });

      expect(status).toBe(200);
      expect(body).toMatchObject({ displayName: "New", labels: { region: "eu", tier: "gold" } });
      expect(body).toEqual((await api.call(GET, { slug: "named" })).body);
      expect((await patch("named", { displayName: null })).body).not.toHaveProperty("displayName");
    });

    it("loses none of many changes at once", async () => {
      await api.put(sampleRow({ slug: "busy" }));
      const labels = ["a", "b", "c", "d"];

      const answers = await Promise.all(labels.map((label) => patch("busy", { labels: { [label]: "1" } })));

      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(Object.keys((await rowOf("busy"))?.labels ?? {}).toSorted()).toEqual(labels);
    });

    it.each([
      [
        "too many labels",
        { labels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`l${n}`, ""])) },
        "/labels",
      ],
      ["a label that is none", { labels: { "Not one": "x" } }, "/labels/Not one"],
      ["a name of nothing", { displayName: "" }, "/displayName"],
      ["another owner", { owner: "somebody" }, "/owner"],
    ])("refuses %s, and changes nothing", async (_, body, path) => {
      await api.put(sampleRow({ slug: "kept", labels: { one: "1" } }));

      const answer = await patch("kept", body);

      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path }] } });
      expect((await rowOf("kept"))?.labels).toEqual({ one: "1" });
    });

    it("says so when there is no such tenant", async () => {
      expect((await patch("nobody", { displayName: "x" })).status).toBe(404);
    });
  });

  describe("GET /tenants/{slug}/wait", () => {
    const wait = (slug: string, query: Record<string, string> = {}) =>
      api.call("GET /tenants/{slug}/wait", { slug, query });

    it("answers once the tenant is ready, and not before", async () => {
      await api.put(sampleRow({ slug: "awaited" }));
      let settled = false;
      const waiting = wait("awaited").finally(() => {
        settled = true;
      });
      expect((await api.call(GET, { slug: "awaited" })).body.status).toBe("provisioning");
      expect(settled).toBe(false);

      await api.put(sampleRow({ slug: "awaited", status: "ready" }));

      expect(await waiting).toMatchObject({ status: 200, body: { slug: "awaited", status: "ready" } });
    });

    it("answers 404 once a removed tenant is gone", async () => {
      await api.put(sampleRow({ slug: "leaving", status: "deleting" }));
      const waiting = wait("leaving", { for: "gone" });

      await api.take("leaving");

      expect((await waiting).status).toBe(404);
    });

    it.each([
      ["failed", "ready"],
      ["failed", "gone"],
      ["deleting", "ready"],
    ] as const)("answers at once for a tenant that is %s, and will not be %s", async (status, goal) => {
      await api.put(sampleRow({ slug: "settled", status, ...(status === "failed" && { failure }) }));

      expect(await wait("settled", { for: goal })).toMatchObject({ status: 200, body: { status } });
    });

    it("answers when the time is over, with the tenant as it is", async () => {
      await api.put(sampleRow({ slug: "patient" }));

      expect(await wait("patient", { timeout: "1" })).toMatchObject({ body: { status: "provisioning" } });
    });

    it.each([
      ["for", "ever"],
      ["timeout", "26"],
      ["until", "now"],
    ])("refuses the query %s=%s", async (name, value) => {
      expect(await wait("settled", { [name]: value })).toMatchObject({
        status: 400,
        body: { errors: [{ path: name }] },
      });
    });
  });

  describe("GET /tenants", () => {
    const listed = async (limit: number): Promise<string[]> => {
      const slugs: string[] = [];
      let query: Record<string, string> = { limit: String(limit) };
      for (let page = 0; page < 100; page += 1) {
        const { body } = await api.call("GET /tenants", { query });
        const { tenants, nextCursor } = body as { tenants: { slug: string }[]; nextCursor?: string };
        expect(tenants.length).toBeLessThanOrEqual(limit);
        slugs.push(...tenants.map(({ slug }) => slug));
        if (nextCursor === undefined) return slugs;
        query = { limit: String(limit), cursor: nextCursor };
      }
      throw new Error("the list never ends");
    };

    it("pages through all of them, each once, past a row that somebody got wrong", async () => {
      const names = Array.from({ length: 7 }, (_, index) => `listed-${index}`);
      for (const slug of names) await api.put(sampleRow({ slug, status: "ready" }));
      await api.put({ slug: "wrong", status: "who knows" });

      const slugs = await listed(2);

      expect(slugs.filter((slug) => slug.startsWith("listed-")).toSorted()).toEqual(names);
      expect(slugs).not.toContain("wrong");
    });

    it.each([
      [{ prefix: "pick-a" }, ["pick-a", "pick-ab"]],
      [{ owner: "us", prefix: "pick" }, ["pick-a", "pick-b"]],
      [{ label: "plan", prefix: "pick" }, ["pick-ab", "pick-b"]],
      [{ label: "plan=gold" }, ["pick-b"]],
      [{ status: "failed", owner: "us" }, ["pick-b"]],
      [{ health: "down", prefix: "pick" }, ["pick-a"]],
      [{ owner: "nobody" }, []],
    ])("is of those that are asked for: %j", async (query, slugs) => {
      const down = { state: "down", since: "2026-11-22T12:00:00.000Z", badSweeps: 2 } as const;
      await api.put(sampleRow({ slug: "pick-a", status: "ready", owner: "us", health: down }));
      await api.put(
        sampleRow({ slug: "pick-ab", status: "ready", owner: "them", labels: { plan: "trial" } }),
      );
      await api.put(
        sampleRow({ slug: "pick-b", status: "failed", failure, owner: "us", labels: { plan: "gold" } }),
      );

      const { body } = await api.call("GET /tenants", { query: { limit: "200", ...query } });

      expect((body.tenants as { slug: string }[]).map(({ slug }) => slug).toSorted()).toEqual(slugs);
    });

    it("has no empty page after exactly as many as fit on one", async () => {
      const all = (await api.rows()).length;

      const { body } = await api.call("GET /tenants", { query: { limit: String(all) } });

      expect(all).toBeGreaterThan(0);
      expect(body).not.toHaveProperty("nextCursor");
    });

    it.each([
      ["limit", "0"],
      ["limit", "201"],
      ["limit", "many"],
      ["cursor", "nonsense"],
      ["cursor", Buffer.from('{"slug":"x"}').toString("base64url")],
      ["cursor", Buffer.from(JSON.stringify({ after: "ä".repeat(1_025) })).toString("base64url")],
      ["order", "slug"],
      ["status", "gone"],
      ["label", "Not one"],
    ])("refuses the query %s=%s", async (name, value) => {
      expect(await api.call("GET /tenants", { query: { [name]: value } })).toMatchObject({
        status: 400,
        body: {
          errors: [
            { path: name, found: expect.stringContaining(value.slice(0, 90)), allowed: expect.any(String) },
          ],
        },
      });
    });

    it("names everything that is wrong with a query", async () => {
      const query = { limit: "0", cursor: "nonsense", order: "slug" };

      const { body } = await api.call("GET /tenants", { query });

      expect(body.errors).toEqual(
        expect.arrayContaining([
          { path: "limit", found: "0", allowed: "a whole number from 1 to 200" },
          { path: "cursor", found: "nonsense", allowed: "the nextCursor of an earlier answer" },
          {
            path: "order",
            found: "slug",
            allowed: "only limit, cursor, status, health, owner, label, prefix",
          },
        ]),
      );
    });
  });

  describe("DELETE /tenants/{slug}", () => {
    it.each(["ready", "failed", "provisioning"] as const)("marks a tenant that is %s", async (status) => {
      const slug = `marked-${status}`;
      const steps = { "Create Tunnel": "2026-11-22T12:00:03.000Z" };
      const resources = { tunnelId: "t-1" };
      await api.put(sampleRow({ slug, status, steps, resources, ...(status === "failed" && { failure }) }));

      const answer = await remove(slug);

      expect(answer).toMatchObject({
        status: 202,
        headers: { location: `/tenants/${slug}` },
        body: { slug, status: "deleting", queued: { since: expect.any(String) } },
      });
      const row = await rowOf(slug);
      expect(row).toMatchObject({
        ...incarnation,
        slug,
        status: "deleting",
        steps: {},
        resources,
        deletions: 1,
      });
      expect(row).not.toHaveProperty("failure");
    });

    it("answers the same again, and asks for one removal", async () => {
      await api.put(sampleRow({ slug: "twice", status: "ready" }));

      const answers = [await remove("twice"), await remove("twice")];

      expect(answers[1]).toEqual(answers[0]);
      expect((await rowOf("twice"))?.deletions).toBe(1);
    });

    it("asks for one removal when it is sent five times at once", async () => {
      await api.put(sampleRow({ slug: "together", status: "ready" }));

      const answers = await Promise.all(Array.from({ length: 5 }, () => remove("together")));

      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
      expect((await rowOf("together"))?.deletions).toBe(1);
    });

    it.each([
      ["names another tenant", { confirm: "acne" }, { path: "/confirm", found: "acne", allowed: "careful" }],
      ["is no string", { confirm: true }, { path: "/confirm", found: true }],
      ["is missing", undefined, { path: "/confirm", allowed: "a string: the tenant's slug" }],
    ])("changes nothing when the confirmation %s", async (_, body, complaint) => {
      await api.put(sampleRow({ slug: "careful", status: "ready" }));

      const answer = await api.call(DELETE, { slug: "careful", ...(body && { body }) });

      expect(answer).toMatchObject({ status: 422, body: { errors: [complaint] } });
      expect((await rowOf("careful"))?.status).toBe("ready");
    });

    it("says so when there is no such tenant", async () => {
      expect((await remove("nobody")).status).toBe(404);
    });
  });
});
