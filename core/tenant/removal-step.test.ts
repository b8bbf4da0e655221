import { describe, expect, it } from "vitest";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow } from "../../test/support/sample.ts";
import { CloudflarePermissionError, ResourceStillThereError } from "../errors.ts";
import { removalStep } from "./removal-step.ts";

const world = () => memoryTenants([sampleRow({ status: "deleting" })]);
const failing = (error: Error) => () => Promise.reject(error);

describe("a step of a removal", () => {
  it("is in the row once it is done, and hands on what it answers", async () => {
    const tenants = world();

    const done = await removalStep(incarnation, "Delete Tunnel", tenants, async () => "t-1");

    expect(done).toBe("t-1");
    expect(tenants.rows.get("acme")?.steps).toHaveProperty("Delete Tunnel");
  });

  it("says in the row what it waits for, and fails with that", async () => {
    const tenants = world();
    const error = new ResourceStillThereError("Not terminated yet: i-1.");

    await expect(removalStep(incarnation, "Delete Instance", tenants, failing(error))).rejects.toBe(error);

    expect(tenants.rows.get("acme")?.waiting).toEqual({ step: "Delete Instance", reason: error.message });
    expect(tenants.rows.get("acme")?.steps).toEqual({});
  });

  it("does not say that it waits for what time alone does not mend", async () => {
    const tenants = world();
    const error = new CloudflarePermissionError("403");

    await expect(removalStep(incarnation, "Delete Tunnel", tenants, failing(error))).rejects.toBe(error);

    expect(tenants.rows.get("acme")?.waiting).toBeUndefined();
  });

  it("fails with what happened first, though the row cannot be written", async () => {
    const error = new ResourceStillThereError("Not terminated yet: i-1.");
    const tenants = { ...world(), recordWait: failing(new Error("DynamoDB is away")) };

    await expect(removalStep(incarnation, "Delete Instance", tenants, failing(error))).rejects.toBe(error);
  });
});
