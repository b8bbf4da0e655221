import { describe, expect, it } from "vitest";
import { provisionName } from "../workflow/execution-names.ts";
import { dnsMarker, secretNames, secretParameter, tunnelName } from "./names.ts";
import { dnsLabel, firstCharacters, slugLength } from "./slug.ts";

describe("a slug", () => {
  it("begins with what one alone may be", () => {
    const characters = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code));

    expect(characters.filter((character) => dnsLabel.test(character)).toSorted()).toEqual(
      [...firstCharacters].toSorted(),
    );
  });

  it("has room in every name when it is as long as it may be, and its stage's name too", () => {
    const longest = {
      stage: "s".repeat(12),
      slug: "a".repeat(slugLength.longest),
      generation: "01KASMPMXW5X0H3V0PM8NYQJ5D",
    };

    expect(longest.slug.length).toBeLessThanOrEqual(63);
    expect(dnsMarker(longest).length).toBeLessThanOrEqual(100);
    expect(tunnelName(longest).length).toBeLessThanOrEqual(100);
    expect(provisionName(longest).length).toBeLessThanOrEqual(80);
    for (const name of secretNames) {
      const parameter = secretParameter(longest, name);
      expect(parameter.length).toBeLessThanOrEqual(1_011);
      expect(parameter.split("/").length - 1).toBeLessThanOrEqual(15);
    }
  });
});
