import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../core/errors.ts";
import type { DownTenant, Survey } from "../../core/fleet/survey.ts";
import type { Tenant, TenantRepair } from "../../core/tenant/tenant.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow } from "../../test/support/sample.ts";
import { downTenant, surveyOf } from "../../test/support/sample-surveys.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import type { Fleet } from "./fleet.ts";
import { judgeFleet } from "./judge-fleet.ts";
import { task } from "./task.ts";

const repair: TenantRepair = {
  attempt: 2,
  failures: 1,
  resumed: 1,
  startedAt: "2026-11-22T10:00:00.000Z",
  reason: "earlier",
  notBefore: "2026-11-22T11:00:00.000Z",
  replaces: ["i-old"],
};

const world = (rows: Partial<Tenant>[]) => {
  const clock = stillClock();
  const tenants = memoryTenants(
    rows.map((changes) => sampleRow({ status: "ready", ...changes })),
    clock,
  );
  const published: { fleet: Fleet; held: boolean }[] = [];
  const warnings: unknown[] = [];
  const deps = {
    env: { OUTAGE_SHARE: 0.2, OUTAGE_MINIMUM: 3, REPAIRS_AT_ONCE: 2 },
    tenants,
    repairs: memoryRepairs(tenants, clock),
    clock,
    metrics: {
      publish: (fleet: Fleet, held: boolean) => void published.push({ fleet, held }),
    },
    logger: { warn: (message: unknown) => void warnings.push(message) } as never,
  };
  const judge = async (...surveys: Survey[]) =>
    task.output.parse(await judgeFleet(task.input.parse({ surveys }), deps));
  return {
    deps,
    tenants,
    published,
    warnings,
    judge,
    statusOf: (slug: string) => tenants.rows.get(slug)?.status,
  };
};

const withDown = (down: DownTenant[], changes: Partial<Survey> = {}): Survey =>
  surveyOf({
    counts: { healthy: 100 - down.length, degraded: 0, down: down.length, starting: 0, unknown: 0 },
    bad: { total: down.length, byCause: { connector: down.length }, byZone: {} },
    down,
    ...changes,
  });

describe("judge-fleet", () => {
  it("orders the repair of the only tenant there is", async () => {
    const { judge, tenants } = world([{ slug: "acme" }]);

    const verdict = await judge(withDown([downTenant("acme")], { judged: 1 }));

    expect(verdict).toMatchObject({ ordered: ["acme"], waiting: 0 });
    expect(tenants.rows.get("acme")).toMatchObject({
      status: "repairing",
      repair: { attempt: 1, failures: 0, reason: "530" },
    });
  });

  it("orders nothing for a healthy fleet", async () => {
    const { judge } = world([]);

    const verdict = await judge(surveyOf({ degraded: 1, repairing: 2 }));

    expect(verdict).toEqual({
      ordered: [],
      waiting: 0,
      repairing: 2,
      degraded: 1,
      counts: { healthy: 100, degraded: 0, down: 0, starting: 0, unknown: 0 },
      strays: [],
    });
  });

  it("says that it is blind, and why, when more is unknown than an outage may hide", async () => {
    const { judge } = world([]);
    const unknown = (count: number) => ({
      healthy: 100 - count,
      degraded: 0,
      down: 0,
      starting: 0,
      unknown: count,
    });
    const trouble = "Cloudflare answered 500.";

    const seeing = await judge(surveyOf({ counts: unknown(20), cloudflare: { calls: 1, trouble } }));
    const blind = await judge(surveyOf({ counts: unknown(21), cloudflare: { calls: 1, trouble } }));
    const mute = await judge(surveyOf({ counts: unknown(21) }));

    expect(seeing).not.toHaveProperty("blind");
    expect(blind).toMatchObject({ blind: { unknown: 21, judged: 100, why: trouble } });
    expect(mute.blind?.why).toContain("see health in their rows");
  });

  it("keeps what the row knows of the repair before", async () => {
    const { judge, tenants } = world([{ slug: "acme", status: "degraded", repair }]);

    await judge(withDown([downTenant("acme", { status: "degraded", attempt: 2 })]));

    expect(tenants.rows.get("acme")?.repair).toMatchObject({
      attempt: 3,
      failures: 1,
      resumed: 0,
      replaces: ["i-old"],
      reason: "530",
    });
  });

  it("repairs no more at once than it may, over all pages", async () => {
    const { judge, statusOf } = world(["a", "b", "c"].map((slug) => ({ slug })));
    const page = (number: number, slug: string, minute: number) =>
      withDown([downTenant(slug, { since: `2026-11-22T11:0${minute}:00.000Z` })], { page: number, pages: 3 });

    const verdict = await judge(page(0, "a", 3), page(1, "b", 1), page(2, "c", 2));

    expect(verdict).toMatchObject({ ordered: ["b", "c"], waiting: 1, counts: { healthy: 297, down: 3 } });
    expect(statusOf("a")).toBe("ready");
  });

  it("counts the repairs under way", async () => {
    const { judge } = world(["a", "b"].map((slug) => ({ slug })));

    expect(
      await judge(
        withDown(
          ["a", "b"].map((slug) => downTenant(slug)),
          { repairing: 1 },
        ),
      ),
    ).toMatchObject({
      ordered: ["a"],
      waiting: 1,
      repairing: 1,
    });
  });

  it("never repairs more for being run twice", async () => {
    const { judge, tenants } = world(["a", "b", "c", "d"].map((slug) => ({ slug })));
    const survey = withDown(["a", "b", "c", "d"].map((slug) => downTenant(slug)));

    await judge(survey);
    const again = await judge(survey);

    expect(again.ordered).toEqual([]);
    expect([...tenants.rows.values()].filter(({ status }) => status === "repairing")).toHaveLength(2);
  });

  it.each<[string, Partial<Tenant>]>([
    ["is being deleted meanwhile", { status: "deleting" }],
    ["is of another generation", { generation: earlier.generation }],
    ["was repaired meanwhile", { repair }],
  ])("leaves alone a row that %s", async (_, changes) => {
    const { judge, tenants } = world([{ slug: "acme", ...changes }]);
    const before = tenants.rows.get("acme");

    expect((await judge(withDown([downTenant("acme")]))).ordered).toEqual([]);
    expect(tenants.rows.get("acme")).toEqual(before);
  });

  it("goes on past a row that somebody wrote wrongly by hand", async () => {
    const { judge, deps, warnings } = world(["a", "b"].map((slug) => ({ slug })));
    const { get } = deps.tenants;
    deps.tenants.get = async (slug) => {
      if (slug === "a") throw new InvalidInputError("The row of tenant a does not fit its schema.");
      return get(slug);
    };

    expect((await judge(withDown(["a", "b"].map((slug) => downTenant(slug))))).ordered).toEqual(["b"]);
    expect(warnings).toHaveLength(1);
  });

  it("repairs nobody in an outage, and says what it looks like", async () => {
    const { judge, statusOf, published } = world([{ slug: "acme" }]);
    const survey = withDown([downTenant("acme")], {
      judged: 50,
      bad: { total: 15, byCause: { connector: 15 }, byZone: { "eu-1a": 15 } },
    });

    const verdict = await judge(survey);

    expect(verdict).toMatchObject({
      ordered: [],
      waiting: 1,
      held: { bad: 15, judged: 50, share: 0.3, looksLike: expect.stringContaining("Cloudflare") },
    });
    expect(statusOf("acme")).toBe("ready");
    expect(published).toMatchObject([{ held: true }]);
  });

  it("lets repairs through in growing steps where each tenant has a cause of its own", async () => {
    const slugs = ["a", "b", "c", "d", "e"];
    const bad = { total: 12, byCause: { record: 4, connector: 4, origin: 4 }, byZone: {} };
    const orderedAfter = async (proved: number, failed: number, repairing = 0) => {
      const { judge } = world(slugs.map((slug) => ({ slug })));
      const down = slugs.map((slug) => downTenant(slug));
      return (await judge(withDown(down, { judged: 50, bad, repairing, recent: { proved, failed } })))
        .ordered;
    };

    expect(await orderedAfter(0, 0)).toEqual(["a"]);
    expect(await orderedAfter(0, 0, 1)).toEqual([]);
    expect(await orderedAfter(2, 0)).toEqual(["a", "b"]);
    // No more than the stage allows at once.
    expect(await orderedAfter(8, 0)).toEqual(["a", "b"]);
    expect(await orderedAfter(2, 1)).toEqual([]);
  });

  it.each([
    [3, 10, true],
    [2, 10, false],
    [2, 2, false],
  ])(
    "with %i of %i tenants unknown is blind: %s, and repairs the others all the same",
    async (unknown, judged, blind) => {
      const { judge, published } = world([{ slug: "acme" }]);
      const counts = { healthy: 0, degraded: 0, down: 1, starting: 0, unknown };

      const verdict = await judge(withDown([downTenant("acme")], { judged, counts }));

      expect(verdict.ordered).toEqual(["acme"]);
      expect("blind" in verdict).toBe(blind);
      expect(published).toMatchObject([{ held: false }]);
    },
  );

  it("publishes the fleet as a whole", async () => {
    const { judge, published } = world([]);

    await judge(
      surveyOf({ pages: 2, oldestUnhealthySeconds: 7, cloudflare: { calls: 11, quotaLeft: 0.5 } }),
      surveyOf({ pages: 2, page: 1, oldestUnhealthySeconds: 90, cloudflare: { calls: 12, quotaLeft: 0.4 } }),
    );

    expect(published).toMatchObject([
      {
        held: false,
        fleet: {
          counts: { healthy: 200 },
          judged: 200,
          connections: 800,
          oldestUnhealthySeconds: 90,
          calls: 23,
          quotaLeft: 0.4,
        },
      },
    ]);
  });
});
