// Whole sweeps over generated fleets, survey and judgement together: what must hold whatever a sweep finds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProbeResult } from "../../core/edge/probe.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { type MemoryTenants, memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { anyFacts, anyRow } from "../../test/support/sample-facts.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { judgeFleet } from "../judge-fleet/judge-fleet.ts";
import type { Facts } from "./facts.ts";
import type { FleetRows } from "./fleet-rows.ts";
import { surveyFleet } from "./survey-fleet.ts";

const AT_ONCE = 3;
const SHARE = 0.2;
const LIMITS = { OUTAGE_SHARE: SHARE, OUTAGE_MINIMUM: 3 };
const MINUTE = 60_000;

interface Member {
  row: Tenant;
  facts: Facts;
}

const anyFleet: fc.Arbitrary<Member[]> = fc
  .array(fc.tuple(anyRow(), anyFacts), { maxLength: 20 })
  .map((members) =>
    members.map(([row, facts], index) => ({ row: { ...sampleRow(), ...row, slug: `t${index}` }, facts })),
  );

const memoryFleetRows = ({ rows }: MemoryTenants): FleetRows => ({
  count: async () => rows.size,
  read: async () => ({ rows: [...rows.values()], unreadable: [] }),
  write: async ({ slug }, { health, status, failure }) => {
    const row = rows.get(slug);
    if (row) rows.set(slug, { ...row, health, status, failure });
    return true;
  },
});

/** The same facts in every sweep. */
const world = (fleet: Member[]) => {
  const clock = stillClock();
  const tenants = memoryTenants(
    fleet.map(({ row }) => row),
    clock,
  );
  const facts = new Map(fleet.map((member) => [member.row.slug, member.facts]));
  const factsOf = (slug: string): Facts => {
    const found = facts.get(slug);
    if (!found) throw new Error(`no facts of ${slug}`);
    return found;
  };
  const notAsked: ProbeResult = { kind: "unknown", words: "not asked" };
  const common = { clock, logger: { warn: () => {} } as never };
  const survey = () =>
    surveyFleet(
      { page: 0, pages: 1 },
      {
        ...common,
        env: {
          BASE_DOMAIN: "example.test",
          HEALTH_PATH: "/health",
          PROBES_PER_SWEEP: 100,
          ...LIMITS,
          SILENCE_SECONDS: 600,
        },
        rows: memoryFleetRows(tenants),
        tunnels: { read: async () => ({ of: ({ slug }) => factsOf(slug).tunnel, calls: 1 }) },
        instances: {
          read: async () => ({ of: ({ slug }) => factsOf(slug).instance, strays: () => [] }),
        },
        secrets: { driftOf: async (row) => factsOf(row.slug).secrets },
        edge: { probe: async ({ hostname }) => factsOf(hostname.split(".")[0] ?? "").probe ?? notAsked },
      },
    );
  const sweep = async () => {
    await clock.sleep(MINUTE);
    const seen = await survey();
    const verdict = await judgeFleet(
      { surveys: [seen] },
      {
        ...common,
        env: { ...LIMITS, REPAIRS_AT_ONCE: AT_ONCE },
        tenants,
        repairs: memoryRepairs(tenants, clock),
        metrics: { publish: () => {} },
      },
    );
    return { seen, verdict };
  };
  const repairing = () => [...tenants.rows.values()].filter(({ status }) => status === "repairing").length;
  return { tenants, survey, sweep, repairing, clock };
};

const isJudged = ({ row: { status } }: Member): boolean => status === "ready" || status === "degraded";

describe("sweeps over any fleet", () => {
  it("never have more repairs under way than may be at once", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const { sweep, repairing } = world(fleet);
        const before = repairing();

        for (const _ of [1, 2, 3]) await sweep();

        expect(repairing()).toBeLessThanOrEqual(Math.max(before, AT_ONCE));
      }),
    );
  });

  it("order no more than the guard lets through while too much of the fleet is bad", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const { sweep } = world(fleet);

        const { seen, verdict } = await sweep();

        const isOutage = seen.bad.total > SHARE * seen.judged && seen.bad.total >= 3;
        expect(verdict.held !== undefined).toBe(isOutage);
        if (verdict.held) expect(verdict.ordered.length).toBeLessThanOrEqual(verdict.held.lets.repairs);
      }),
    );
  });

  it("never order the repair of a tenant of which an API told nothing", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const blind = fleet.map((member) => ({
          ...member,
          facts: { ...member.facts, instance: "unknown" as const },
        }));
        const { sweep } = world(blind);

        for (const _ of [1, 2, 3]) expect((await sweep()).verdict.ordered).toEqual([]);
      }),
    );
  });

  it("touch no row that is not ready or degraded", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const { tenants, sweep } = world(fleet);

        for (const _ of [1, 2]) await sweep();

        for (const { row } of fleet.filter((member) => !isJudged(member))) {
          expect(tenants.rows.get(row.slug)).toEqual(row);
        }
      }),
    );
  });

  it("change nothing more after the second of the same surveys", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const { tenants, survey, clock } = world(fleet);
        const next = async () => {
          await clock.sleep(MINUTE);
          await survey();
          return structuredClone([...tenants.rows]);
        };
        await next();

        const second = await next();

        expect(await next()).toEqual(second);
      }),
    );
  });

  it("find the same in whatever order the rows come", async () => {
    await fc.assert(
      fc.asyncProperty(anyFleet, async (fleet) => {
        const one = await world(fleet).sweep();
        const other = await world(fleet.toReversed()).sweep();

        expect(other.seen).toEqual(one.seen);
        expect(other.verdict.ordered).toEqual(one.verdict.ordered);
      }),
    );
  });
});
