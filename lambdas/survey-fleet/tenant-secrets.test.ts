import { describe, expect, it } from "vitest";
import { secretParameter, tenantSecrets as secretsOf } from "../../core/tenant/names.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { repairingRow, sampleRow, tenantKey } from "../../test/support/sample.ts";
import { tenantSecrets } from "./tenant-secrets.ts";

const row = sampleRow({ status: "ready", resources: { instanceId: "i-1" } });

const world = () => {
  const parameters = memoryParameters(
    Object.fromEntries(secretsOf(tenantKey).map((name) => [name, "value"])),
  );
  for (const [, stored] of parameters.stored) stored.tags = { reader: "AROATEST:i-1" };
  return { ...parameters, secrets: tenantSecrets("test", "AROATEST", parameters) };
};

describe("a tenant's parameters", () => {
  it("are as they were made while all are there and name the machine as reader", async () => {
    expect(await world().secrets.driftOf(row)).toBeUndefined();
  });

  it("have drifted when one of them is gone", async () => {
    const { secrets, stored } = world();
    stored.delete(secretParameter(tenantKey, "admin-token"));

    expect(await secrets.driftOf(row)).toBe("the parameter of its admin-token is gone, or has no tags");
  });

  it.each([
    ["nobody", { "warren:slug": "acme" }],
    ["another machine", { reader: "AROATEST:i-2" }],
  ])("have drifted when one of them names %s as reader", async (_, tags) => {
    const { secrets, stored } = world();
    stored.set(secretParameter(tenantKey, "database-password"), { value: "value", tags });

    expect(await secrets.driftOf(row)).toBe("its machine is not named as reader of its database-password");
  });

  it.each([
    ["no machine is known", sampleRow({ status: "ready" })],
    ["a replacement was begun", repairingRow({ status: "ready" }, { replaces: ["i-0"] })],
  ])("are not looked at while %s", async (_, waiting) => {
    const { secrets, stored } = world();
    stored.clear();

    expect(await secrets.driftOf(waiting)).toBeUndefined();
  });
});
