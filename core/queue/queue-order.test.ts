import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incarnation } from "../../test/support/sample.ts";
import { inTurn, type Waiter } from "./queue-order.ts";

const waiter = (requestedBy: string, second: number): Waiter => ({
  ...incarnation,
  slug: `${requestedBy}-${second}`,
  queuedAt: new Date(second * 1_000).toISOString(),
  requestedBy,
});
const slugs = (waiters: Waiter[]) => waiters.map(({ slug }) => slug);

describe("the order of a queue", () => {
  it("is that of arrival for one owner", () => {
    expect(slugs(inTurn([waiter("a", 3), waiter("a", 1), waiter("a", 2)], []))).toEqual([
      "a-1",
      "a-2",
      "a-3",
    ]);
  });

  it("lets one request of somebody else's pass by two hundred sign-ups", () => {
    const crowd = Array.from({ length: 200 }, (_, second) => waiter("crowd", second));

    const order = inTurn([...crowd, waiter("single", 900)], []);

    expect(slugs(order).indexOf("single-900")).toBe(1);
  });

  it("counts what an owner has under way", () => {
    const underWay = [waiter("a", 0), waiter("a", 0)];

    expect(slugs(inTurn([waiter("a", 1), waiter("b", 2), waiter("b", 3)], underWay))).toEqual([
      "b-2",
      "b-3",
      "a-1",
    ]);
  });

  it("names everybody once, an owner's own in order of arrival, and makes no owner wait a round longer than another", () => {
    const queues = fc.uniqueArray(
      fc.record({ owner: fc.constantFrom("a", "b", "c"), second: fc.integer({ min: 0, max: 500 }) }),
      { selector: ({ owner, second }) => `${owner}-${second}` },
    );
    fc.assert(
      fc.property(queues, (entries) => {
        const queued = entries.map(({ owner, second }) => waiter(owner, second));

        const order = inTurn(queued, []);

        expect(slugs(order).toSorted()).toEqual(slugs(queued).toSorted());
        for (const owner of ["a", "b", "c"]) {
          const own = order.filter(({ requestedBy }) => requestedBy === owner);
          expect(own.map(({ queuedAt }) => queuedAt)).toEqual(own.map(({ queuedAt }) => queuedAt).toSorted());
          for (const [rank, one] of own.entries()) expect(order.indexOf(one)).toBeLessThan((rank + 1) * 3);
        }
      }),
    );
  });
});
