import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downTenant } from "../../test/support/sample-surveys.ts";
import { selectRepairs } from "./select-repairs.ts";

const NOW = "2026-11-22T12:00:00.000Z";
const at = (minute: number): string => `2026-11-22T11:${String(minute).padStart(2, "0")}:00.000Z`;

const anyDown = fc.uniqueArray(
  fc.record({
    slug: fc.stringMatching(/^[a-z]{3}$/),
    since: fc.integer({ min: 0, max: 5 }).map(at),
    notBefore: fc.constantFrom(undefined, at(1), "2026-11-22T12:00:01.000Z"),
  }),
  { selector: ({ slug }) => slug },
);

const slugs = (...given: Parameters<typeof selectRepairs>) => selectRepairs(...given).map(({ slug }) => slug);

describe("who is repaired", () => {
  it("is who is down the longest, as many as may be at once", () => {
    const down = [3, 1, 2].map((minute) => downTenant(`t${minute}`, { since: at(minute) }));

    expect(slugs({ down, repairing: 0 }, 2, NOW)).toEqual(["t1", "t2"]);
    expect(slugs({ down, repairing: 1 }, 2, NOW)).toEqual(["t1"]);
    expect(slugs({ down, repairing: 5 }, 2, NOW)).toEqual([]);
  });

  it("is nobody in a cooldown, and nobody waits for those who are", () => {
    const cooling = downTenant("cooling", { since: at(0), notBefore: "2026-11-22T12:00:01.000Z" });
    const cooled = downTenant("cooled", { since: at(1), notBefore: NOW });

    expect(slugs({ down: [cooling, cooled], repairing: 0 }, 1, NOW)).toEqual(["cooled"]);
  });

  it("is never more than may be at once, and does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(anyDown, fc.nat({ max: 8 }), fc.nat({ max: 8 }), (some, repairing, atOnce) => {
        const down = some.map(({ slug, ...changes }) => downTenant(slug, changes));

        const chosen = slugs({ down, repairing }, atOnce, NOW);

        expect(chosen.length + repairing).toBeLessThanOrEqual(Math.max(atOnce, repairing));
        expect(slugs({ down: down.toReversed(), repairing }, atOnce, NOW)).toEqual(chosen);
      }),
    );
  });
});
