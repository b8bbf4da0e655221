import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TenantHealth } from "../../core/tenant/tenant.ts";
import { incarnation, sampleRow, served } from "../../test/support/sample.ts";
import { anyFacts, anyJudgedRow, running } from "../../test/support/sample-facts.ts";
import { type Classification, classify } from "./classify.ts";
import type { Facts, JudgedRow } from "./facts.ts";
import { type Judgement, judgeHealth } from "./health-change.ts";

const at = (minute: number): string =>
  new Date(Date.parse("2026-11-22T12:00:00.000Z") + minute * 60_000).toISOString();

/** Seconds. */
const SILENCE = 600;

const ready = (changes: Partial<JudgedRow> = {}): JudgedRow => ({
  ...sampleRow(),
  status: "ready",
  ...changes,
});
const healthy: TenantHealth = { state: "healthy", since: at(0), badSweeps: 0 };
const bad: Classification = { kind: "bad", cause: "connector", reason: "no connector" };
const good: Classification = { kind: "served" };
const unknown: Classification = { kind: "unknown", reason: "an API failed" };

/** The row after it was written. */
const written = (row: JudgedRow, { health, status }: Judgement): JudgedRow => ({ ...row, health, status });

/** The row after one sweep for each finding, a minute apart, and the last judgement. */
const sweeps = (start: JudgedRow, findings: Classification[]) => {
  let row = start;
  let last = judgeHealth(row, good, at(0), SILENCE);
  for (const [index, finding] of findings.entries()) {
    last = judgeHealth(row, finding, at(index + 1), SILENCE);
    if (last.changed) row = written(row, last);
  }
  return { row, last };
};

describe("what sweeps in a row make of a tenant", () => {
  it("is down after two bad sweeps, not after one", () => {
    const first = sweeps(ready({ health: healthy }), [bad]);
    const second = sweeps(ready({ health: healthy }), [bad, bad]);

    expect(first.row.health).toMatchObject({ state: "healthy", badSweeps: 1, cause: "connector" });
    expect(first.last).toMatchObject({ isBad: true, needsRepair: false });
    expect(second.row.health).toEqual({
      state: "down",
      cause: "connector",
      reason: "no connector",
      since: at(2),
      badSweeps: 2,
      countedAt: at(2),
      healthyUntil: at(1),
    });
    expect(second.last).toMatchObject({ isBad: true, needsRepair: true });
  });

  it("is down when its machine says for longer than a machine may start that it starts, and not before", () => {
    const starts: Classification = { kind: "starting", reason: "503, its application is starting" };
    const minutes = (count: number): Classification[] => Array.from({ length: count }, () => starts);

    const meanwhile = sweeps(ready({ health: healthy }), minutes(60));
    const overdue = sweeps(ready({ health: healthy }), minutes(62));
    const served = sweeps(ready({ health: healthy }), [...minutes(59), good, ...minutes(10)]);

    expect(meanwhile.row.health).toMatchObject({ state: "starting" });
    expect(overdue.last).toMatchObject({ needsRepair: true, health: { state: "down", cause: "origin" } });
    expect(served.row.health).toMatchObject({ state: "starting" });
  });

  it("is down after one when a second look can change nothing", () => {
    const { last } = sweeps(ready({ health: healthy }), [{ ...bad, cause: "missing", final: true }]);

    expect(last).toMatchObject({ health: { state: "down", badSweeps: 2 }, needsRepair: true });
  });

  it("is not down when one bad sweep is tried again after its writes", () => {
    const row = ready({ health: healthy });
    const once = judgeHealth(row, bad, at(1), SILENCE);

    const again = judgeHealth(written(row, once), bad, at(1), SILENCE);

    expect(again).toMatchObject({ health: { badSweeps: 1 }, changed: false, needsRepair: false });
  });

  it("forgets a bad sweep after a good one", () => {
    const { row, last } = sweeps(ready({ health: healthy }), [bad, good, bad]);

    expect(row.health).toMatchObject({ badSweeps: 1 });
    expect(last.needsRepair).toBe(false);
  });

  it("counts on where an unknown sweep lies between, and repairs nothing in it", () => {
    const between = sweeps(ready({ health: healthy }), [bad, bad, unknown]);
    const later = sweeps(ready({ health: healthy }), [bad, unknown, bad]);

    expect(between.last).toMatchObject({ health: { state: "unknown", badSweeps: 2 }, needsRepair: false });
    expect(later.last).toMatchObject({ health: { state: "down" }, needsRepair: true });
  });

  it("stays as it was when it was bad and nobody asked", () => {
    const { row, last } = sweeps(ready({ health: healthy }), [bad, bad, { kind: "trusted" }]);

    expect(row.health?.state).toBe("down");
    expect(last).toMatchObject({ changed: false, isBad: false, needsRepair: false });
  });

  it("is healthy when nobody asked and nothing was wrong before", () => {
    expect(sweeps(ready(), [{ kind: "trusted" }]).row.health).toEqual({
      state: "healthy",
      since: at(1),
      badSweeps: 0,
    });
  });

  it("is first seen unknown when its first sweep is bad", () => {
    expect(sweeps(ready(), [bad]).row.health).toMatchObject({ state: "unknown", badSweeps: 1 });
  });

  it("is ready again when it answers after a repair gave it up", () => {
    const degraded = ready({ status: "degraded", health: { ...healthy, state: "down", badSweeps: 2 } });

    expect(judgeHealth(degraded, good, at(1), SILENCE)).toMatchObject({ status: "ready", changed: true });
    expect(judgeHealth(degraded, { kind: "trusted" }, at(1), SILENCE)).toMatchObject({
      status: "degraded",
      changed: false,
    });
    expect(judgeHealth(degraded, bad, at(1), SILENCE)).toMatchObject({
      status: "degraded",
      needsRepair: true,
    });
  });

  it("is repaired though it answers while its replacement is half done", () => {
    const repair = { attempt: 1, failures: 1, resumed: 0, startedAt: at(0), reason: "", replaces: ["i-old"] };
    const row = ready({ status: "degraded", repair });

    const { row: swept, last } = sweeps(row, [good, good]);

    expect(swept).toMatchObject({ status: "degraded", health: { state: "degraded", cause: "missing" } });
    expect(last).toMatchObject({ needsRepair: true, isBad: false, changed: false });
  });

  describe("of whom nothing is known", () => {
    const row = ready({ health: { state: "unknown", since: at(1), badSweeps: 0 } });

    it("is ready for as long as the stage allows", () => {
      const judged = judgeHealth(row, unknown, at(10), SILENCE);

      expect(judged).toMatchObject({ status: "ready", changed: false });
    });

    it("is degraded after that, with what is known, and repaired by nobody", () => {
      const judged = judgeHealth(row, unknown, at(11), SILENCE);

      expect(judged).toMatchObject({
        status: "degraded",
        health: { state: "unknown", cause: "silence", since: at(1) },
        failure: {
          step: "Survey Fleet",
          error: "TenantSilentError",
          reason: `Nothing is known of it since ${at(1)}: an API failed.`,
        },
        changed: true,
        needsRepair: false,
        isBad: false,
      });
      expect(judgeHealth(written(row, judged), unknown, at(12), SILENCE)).toMatchObject({
        status: "degraded",
        changed: false,
      });
    });

    it("stays ready while so much of the fleet is unknown that the sweep itself is in trouble", () => {
      const judged = judgeHealth(row, unknown, at(59), Number.POSITIVE_INFINITY);

      expect(judged).toMatchObject({ status: "ready", changed: false });
    });

    it("is ready again with the first answer", () => {
      const degraded = written(row, judgeHealth(row, unknown, at(11), SILENCE));

      expect(judgeHealth(degraded, good, at(12), SILENCE)).toMatchObject({
        status: "ready",
        health: { state: "healthy" },
      });
    });

    it("keeps the reason that a repair gave it", () => {
      const degraded = { ...row, status: "degraded" as const };

      expect(judgeHealth(degraded, unknown, at(11), SILENCE).failure).toBeUndefined();
    });
  });

  it("does not write a row for other words alone", () => {
    const { row } = sweeps(ready({ health: healthy }), [bad, bad]);

    expect(judgeHealth(row, { ...bad, reason: "other words" }, at(9), SILENCE).changed).toBe(false);
    expect(judgeHealth(row, { ...bad, cause: "origin" }, at(9), SILENCE).changed).toBe(true);
  });

  it("keeps the time since when a state lasts", () => {
    const { row } = sweeps(ready({ health: healthy }), [bad, bad, { ...bad, cause: "origin" }]);

    expect(row.health).toMatchObject({ state: "down", since: at(2), healthyUntil: at(1) });
  });
});

describe("with any row and any facts", () => {
  const judged = (row: JudgedRow, facts: Facts, minute = 1) =>
    judgeHealth(row, classify(facts), at(minute), SILENCE);

  it("never repairs an unknown", () => {
    fc.assert(
      fc.property(anyJudgedRow, anyFacts, (row, facts) => {
        const states = [
          judged(row, { ...facts, instance: "unknown" }),
          judged(row, { ...facts, tunnel: "unknown", instance: running, probe: undefined }),
        ];

        for (const { needsRepair, isBad } of states)
          expect({ needsRepair, isBad }).toEqual({ needsRepair: false, isBad: false });
      }),
    );
  });

  it("never counts an unknown", () => {
    fc.assert(
      fc.property(anyJudgedRow, (row) => {
        const { health } = judgeHealth(row, unknown, at(1), SILENCE);

        expect(health).toMatchObject({ state: "unknown", badSweeps: row.health?.badSweeps ?? 0 });
      }),
    );
  });

  it("changes nothing more after the second of the same sweeps", () => {
    fc.assert(
      fc.property(anyJudgedRow, anyFacts, (row, facts) => {
        const first = written(row, judged(row, facts, 1));
        const second = written(first, judged(first, facts, 2));

        expect(judged(second, facts, 3).changed).toBe(false);
      }),
    );
  });

  it("never repairs a tenant that answers, but for a replacement that was begun and what lasts of a change by hand", () => {
    fc.assert(
      fc.property(anyJudgedRow, anyFacts, (row, facts) => {
        const { needsRepair, health } = judged(row, { ...facts, probe: served });

        const isDrift = health.cause === "drift" && row.health?.cause === "drift";
        expect(needsRepair && !row.repair?.replaces).toBe(isDrift && !row.repair?.replaces);
      }),
    );
  });

  it("needs two bad sweeps before a repair, but for a machine that is gone", () => {
    fc.assert(
      fc.property(anyJudgedRow, anyFacts, (row, facts) => {
        const fresh: JudgedRow = {
          ...incarnationOf(row),
          status: "ready",
          health: healthy,
          repair: undefined,
        };
        const { needsRepair, health } = judged(fresh, facts);

        expect(needsRepair && health.cause !== "missing").toBe(false);
      }),
    );
  });

  it("starts from nothing after one good probe of a running machine", () => {
    fc.assert(
      fc.property(anyJudgedRow, anyFacts, (row, { tunnel }) => {
        const { health, isBad } = judged(row, { tunnel, instance: running, probe: served });

        expect({ isBad, badSweeps: health.badSweeps }).toEqual({ isBad: false, badSweeps: 0 });
      }),
    );
  });
});

const incarnationOf = (row: JudgedRow): JudgedRow => ({ ...row, ...incarnation });
