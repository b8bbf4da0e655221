import { describe, expect, it } from "vitest";
import { initialsOf, pagesFor } from "./fleet-page.ts";

describe("the pages of a fleet", () => {
  it.each([
    [0, 1],
    [10_000, 1],
    [10_001, 2],
    [25_000, 3],
    [1_000_000, 36],
  ])("of %i tenants are %i", (tenants, pages) => {
    expect(pagesFor(tenants)).toBe(pages);
  });

  it("is not divided when there is one", () => {
    expect(initialsOf(0, 1)).toBeUndefined();
  });

  it.each([2, 3, 7, 36])("hold every first character of a slug once when they are %i", (pages) => {
    const all = Array.from({ length: pages }, (_, page) => initialsOf(page, pages) ?? []).flat();

    expect(all.sort().join("")).toBe("0123456789abcdefghijklmnopqrstuvwxyz");
  });
});
