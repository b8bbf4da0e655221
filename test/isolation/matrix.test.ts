import { describe, expect, it } from "vitest";
import { casesFor } from "./cases.ts";
import { stage } from "./scene.ts";
import { isAllowed } from "./simulator.ts";

const cases = casesFor(Object.keys(stage.roles));

describe("the isolation matrix", () => {
  it("has at least 200 cases, each with a name of its own", () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases)("$name", async ({ principal, request, allowed }) => {
    expect(await isAllowed(stage, principal, request)).toBe(allowed);
  });
});
