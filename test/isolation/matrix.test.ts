import { describe, expect, it } from "vitest";
import { assertionsFor, titleOf } from "./assertions.ts";
import { mistakesIn } from "./mistakes.ts";
import { stage } from "./scene.ts";

const assertions = assertionsFor(Object.keys(stage.roles));

describe("the isolation matrix", () => {
  it("says each thing once", () => {
    const subjects = assertions.map(({ what }) => what);

    expect(subjects.length).toBeGreaterThan(200);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  // "%s" and not "$title", which is cut off after forty characters.
  it.each(assertions.map((one) => [titleOf(one), one] as const))("%s", async (_, assertion) => {
    expect(await mistakesIn(stage, assertion)).toEqual({ mayAndShouldNot: [], shouldAndMayNot: [] });
  });
});
