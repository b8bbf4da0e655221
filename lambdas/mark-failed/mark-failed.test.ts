import { describe, expect, it } from "vitest";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, incarnation, sampleRow } from "../../test/support/sample.ts";
import { markFailed } from "./mark-failed.ts";

const at = "2026-11-22T12:00:00.000Z";
const failure = {
  step: "Create Tunnel",
  Error: "AwsRejectedError",
  Cause: JSON.stringify({ errorType: "AwsRejectedError", errorMessage: "It was refused.", trace: [] }),
  at,
};
const ofProvision = { ...incarnation, status: "provisioning", failure, cleanUpError: "" } as const;
const ofRemoval = { ...incarnation, status: "deleting", failure } as const;

describe("mark-failed", () => {
  it("says in the row of a provision what failed, why, and that nothing is left", async () => {
    const tenants = memoryTenants([sampleRow()]);

    expect(await markFailed(ofProvision, { tenants })).toEqual({ marked: true });

    expect(tenants.rows.get("acme")).toMatchObject({
      status: "failed",
      failure: {
        step: "Create Tunnel",
        error: "AwsRejectedError",
        reason: "It was refused.",
        at,
        left: "nothing",
      },
    });
  });

  it("says that something is left when the clean-up failed too", async () => {
    const tenants = memoryTenants([sampleRow()]);

    await markFailed({ ...ofProvision, cleanUpError: "CloudflarePermissionError" }, { tenants });

    expect(tenants.rows.get("acme")?.failure).toMatchObject({
      error: "AwsRejectedError",
      reason: "It was refused. The clean-up failed too (CloudflarePermissionError).",
      left: "resources",
    });
  });

  it("says of a removal that something may be left", async () => {
    const tenants = memoryTenants([sampleRow({ status: "deleting" })]);

    await markFailed(ofRemoval, { tenants });

    expect(tenants.rows.get("acme")).toMatchObject({
      status: "failed",
      failure: { reason: "It was refused.", left: "resources" },
    });
  });

  it.each([
    "CloudflareUnavailableError",
    "AwsThrottledError",
    "States.Timeout",
    "Lambda.TooManyRequestsException",
  ])("lets a removal that met %s go on: it is begun again, and the row says why it waits", async (error) => {
    const tenants = memoryTenants([sampleRow({ status: "deleting" })]);

    expect(await markFailed({ ...ofRemoval, failure: { ...failure, Error: error } }, { tenants })).toEqual({
      marked: false,
    });

    expect(tenants.rows.get("acme")).toMatchObject({
      status: "deleting",
      waiting: { step: "Create Tunnel", reason: expect.stringContaining(error) },
    });
  });

  it("ends a provision whatever it met: what it made is cleaned up already", async () => {
    const tenants = memoryTenants([sampleRow()]);

    await markFailed({ ...ofProvision, failure: { ...failure, Error: "AwsThrottledError" } }, { tenants });

    expect(tenants.rows.get("acme")?.status).toBe("failed");
  });

  it.each([
    ["has moved on", sampleRow({ status: "ready" })],
    ["is of another generation", sampleRow({ ...earlier, status: "deleting" })],
    ["was marked already", sampleRow({ status: "failed" })],
  ])("leaves a row as it is that %s", async (_, row) => {
    const tenants = memoryTenants([row]);

    expect(await markFailed(ofRemoval, { tenants })).toEqual({ marked: false });

    expect(tenants.rows.get("acme")).toEqual(row);
  });

  it.each([
    ["of a service that the workflow called itself", "The table is away.", "The table is away."],
    ["that Step Functions told nothing of", "", "Nothing more is known."],
    ["that only looks like a Lambda's", "{not JSON", "{not JSON"],
  ])("has a reason for an error %s", async (_, Cause, reason) => {
    const tenants = memoryTenants([sampleRow()]);

    await markFailed({ ...ofProvision, failure: { ...failure, Cause } }, { tenants });

    expect(tenants.rows.get("acme")?.failure?.reason).toBe(reason);
  });

  it("ends the same after a crash", async () => {
    const effects = await surviveCrashes(
      async () => ({ tenants: memoryTenants([sampleRow()]) }),
      (deps) => markFailed(ofProvision, deps),
      async (_, { tenants }) => expect(await tenants.get("acme")).toMatchObject({ status: "failed" }),
    );

    expect(effects).toBe(1);
  });
});
