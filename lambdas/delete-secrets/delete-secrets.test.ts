import { describe, expect, it } from "vitest";
import { tenantSecrets, tunnelTokenParameter } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { deleteSecrets } from "./delete-secrets.ts";

const secrets = tenantSecrets(tenantKey);
const values = Object.fromEntries(secrets.map((name) => [name, "value"]));
const foreign = tunnelTokenParameter({ stage: "test", ...earlier });

const world = () => ({
  env: { STAGE: "test" },
  tenants: memoryTenants([sampleRow({ status: "deleting" })]),
  parameters: memoryParameters({ ...values, [foreign]: "f" }),
});

describe("delete-secrets", () => {
  it("deletes every secret of this generation, and no other", async () => {
    const deps = world();

    const output = await deleteSecrets(taskInput, deps);

    expect([...deps.parameters.stored.keys()]).toEqual([foreign]);
    expect(output.deleted).toEqual(secrets.map((id) => ({ kind: "secret", id })));
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete Secrets");
  });

  it("is done where there are none", async () => {
    const deps = { ...world(), parameters: memoryParameters() };

    await deleteSecrets(taskInput, deps);

    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete Secrets");
  });

  it("converges when it crashes after any of its effects", async () => {
    const effects = await surviveCrashes(
      async () => world(),
      (deps) => deleteSecrets(taskInput, deps),
      async (_, { parameters }) => expect([...parameters.stored.keys()]).toEqual([foreign]),
    );

    // a deletion for each secret, record
    expect(effects).toBe(4);
  });
});
