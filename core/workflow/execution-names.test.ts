import { describe, expect, it } from "vitest";
import { incarnation } from "../../test/support/sample.ts";
import { slugLength } from "../tenant/slug.ts";
import { deletionName, provisionName, removalName, repairName } from "./execution-names.ts";

const longest = { slug: "a".repeat(slugLength.longest), generation: incarnation.generation };

describe("names of executions", () => {
  it("fit into Step Functions' 80 characters with the longest slug", () => {
    const compensation = `${provisionName(longest)}-compensate`;

    for (const name of [
      deletionName(longest, 99_999),
      repairName(longest, 99_999),
      removalName(longest),
      compensation,
    ]) {
      expect(name.length).toBeLessThanOrEqual(80);
    }
  });

  it("differ for each thing that happens to an incarnation", () => {
    const names = [
      provisionName(incarnation),
      deletionName(incarnation, 1),
      deletionName(incarnation, 2),
      removalName(incarnation),
      repairName(incarnation, 1),
      repairName(incarnation, 2),
    ];

    expect(new Set(names).size).toBe(names.length);
  });
});
