import { describe, expect, it } from "vitest";
import type { TenantHealth } from "../../core/tenant/tenant.ts";
import { sampleRow } from "../../test/support/sample.ts";
import { running, well } from "../../test/support/sample-facts.ts";
import type { Facts, JudgedRow } from "./facts.ts";
import { type Subject, selectProbes, selectSecrets } from "./select-probes.ts";

const at = (minute: number): string => `2026-11-22T12:${String(minute).padStart(2, "0")}:00.000Z`;
const healthy: TenantHealth = { state: "healthy", since: at(0), badSweeps: 0 };

const subject = (slug: string, row: Partial<JudgedRow> = {}, facts: Partial<Facts> = {}): Subject => ({
  row: { ...sampleRow(), slug, status: "ready", health: healthy, ...row },
  facts: { ...well, probe: undefined, ...facts },
});
const fleet = Array.from({ length: 100 }, (_, index) => subject(`t${index}`));
const slugs = (subjects: Subject[]) => subjects.map(({ row }) => row.slug);

describe("who is asked for a health page", () => {
  it.each<[string, Partial<JudgedRow>, Partial<Facts>]>([
    ["was bad in the last sweep", { health: { ...healthy, badSweeps: 1 } }, {}],
    ["was not healthy in the last sweep", { health: { ...healthy, state: "unknown" } }, {}],
    ["was given up by a repair", { status: "degraded" }, {}],
    ["has a tunnel that is down", {}, { tunnel: { status: "down", connections: 0 } }],
    ["has a tunnel that is not listed", {}, { tunnel: "missing" }],
    [
      "has an instance that is pending",
      {},
      { instance: { ...running, state: "pending", checks: "unknown" } },
    ],
    ["has a status check that tells nothing", {}, { instance: { ...running, checks: "unknown" } }],
    ["has a failed status check", {}, { instance: { ...running, checks: "impaired" } }],
  ])("is everyone who %s, whatever the limit", (_, row, facts) => {
    const doubtful = subject("doubtful", row, facts);

    expect(slugs(selectProbes([...fleet, doubtful], 0, at(0)))).toEqual(["doubtful"]);
  });

  it("is nobody whose instance does not run: the answer is known", () => {
    const instance = { ...running, state: "stopped", checks: "unknown" } as const;

    expect(selectProbes([subject("one", {}, { instance })], 10, at(0))).toEqual([]);
  });

  it("is everyone whose instance EC2 does not show: it may well answer", () => {
    expect(selectProbes([subject("one", {}, { instance: "missing" })], 0, at(0))).toHaveLength(1);
  });

  it("is no more of the others than the limit says, and others each time", () => {
    const first = slugs(selectProbes(fleet, 10, at(0)));
    const second = slugs(selectProbes(fleet, 10, at(1)));

    expect([first.length, second.length]).toEqual([10, 10]);
    expect(second).not.toEqual(first);
  });

  it("is everyone within a while", () => {
    const asked = new Set(
      Array.from({ length: 50 }, (_, minute) => slugs(selectProbes(fleet, 20, at(minute)))).flat(),
    );

    expect(asked.size).toBe(fleet.length);
  });

  it("does not depend on the order of the rows", () => {
    expect(slugs(selectProbes(fleet.toReversed(), 10, at(0)))).toEqual(slugs(selectProbes(fleet, 10, at(0))));
  });
});

describe("whose parameters are looked at", () => {
  const served = fleet.map(({ row, facts }) => ({ row, facts: { ...facts, probe: well.probe } }));
  const drifted = served.slice(0, 3).map(({ row, facts }) => ({
    row: { ...row, health: { ...healthy, state: "degraded" as const, cause: "drift" as const } },
    facts,
  }));

  it("is nobody who does not answer", () => {
    expect(selectSecrets(fleet, 10, at(0))).toEqual([]);
  });

  it("is who drifted, before others, and no more than the limit says", () => {
    const chosen = slugs(selectSecrets([...served.slice(3), ...drifted], 10, at(0)));

    expect(chosen).toHaveLength(10);
    expect(chosen.slice(0, 3).toSorted()).toEqual(["t0", "t1", "t2"]);
  });

  it("is everyone within a while", () => {
    const looked = new Set(
      Array.from({ length: 50 }, (_, minute) => slugs(selectSecrets(served, 20, at(minute)))).flat(),
    );

    expect(looked.size).toBe(served.length);
  });
});
