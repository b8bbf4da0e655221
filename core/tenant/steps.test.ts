import { describe, expect, it } from "vitest";
import { sampleRow } from "../../test/support/sample.ts";
import { progress } from "./steps.ts";
import type { Tenant } from "./tenant.ts";

const at = (second: number): string => `2026-11-22T12:00:0${second}.000Z`;

describe("the progress of a tenant", () => {
  it("begins with the first step, when the row was written", () => {
    expect(progress(sampleRow({ updatedAt: at(0) }))).toEqual({
      step: "Create Tunnel",
      number: 1,
      of: 7,
      startedAt: at(0),
    });
  });

  it("names the first step that has not finished, also where branches overtake each other", () => {
    const steps = { "Launch Instance": at(1), "Create Data Volume": at(3) };

    expect(progress(sampleRow({ steps, updatedAt: at(3) }))).toEqual({
      step: "Create Tunnel",
      number: 3,
      of: 7,
      startedAt: at(3),
    });
  });

  it("stays at the last step until the workflow says how it ended", () => {
    const names = ["Create Tunnel", "Launch Instance", "Create Data Volume", "Create Secrets"];
    const more = ["Grant Secrets", "Create DNS Record", "Probe Tenant"];
    const steps = Object.fromEntries([...names, ...more].map((name) => [name, at(5)]));

    expect(progress(sampleRow({ steps }))).toMatchObject({ step: "Probe Tenant", number: 7, of: 7 });
  });

  it("counts the steps of a removal while the tenant is being deleted", () => {
    const steps = { "Await Running Workflows": at(1), "Delete DNS Record": at(2) };

    expect(progress(sampleRow({ status: "deleting", steps }))).toMatchObject({
      step: "Delete Instance",
      number: 3,
      of: 7,
    });
  });

  it("says what a step waits for, until it has finished", () => {
    const waiting = { step: "Delete Data Volume", reason: "Snapshot snap-1 is at 34%." };
    const steps = { "Delete Instance": at(2) };
    const done = { ...steps, "Delete Data Volume": at(3) };

    const waitsFor = (row: Partial<Tenant>) =>
      progress(sampleRow({ status: "deleting", waiting, ...row }))?.waitingFor;

    expect(waitsFor({ steps })).toBe("Snapshot snap-1 is at 34%.");
    expect(waitsFor({ steps: done })).toBeUndefined();
  });

  it.each(["ready", "failed"] as const)("is none when the tenant is %s", (status) => {
    expect(progress(sampleRow({ status }))).toBeUndefined();
  });
});
