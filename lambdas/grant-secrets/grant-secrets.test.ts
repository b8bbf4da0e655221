import { describe, expect, it } from "vitest";
import { tenantSecrets, tunnelTokenParameter } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { grantSecrets } from "./grant-secrets.ts";

const input = { ...taskInput, instanceId: "i-1" };
const secrets = tenantSecrets(tenantKey);
const [token = "", adminToken = "", databasePassword = ""] = secrets;
const foreign = tunnelTokenParameter({ stage: "test", ...earlier });

const world = () => ({
  env: { INSTANCE_ROLE_ID: "AROATEST" },
  tenants: memoryTenants([sampleRow()]),
  parameters: memoryParameters({ [token]: "t", [adminToken]: "a", [databasePassword]: "d", [foreign]: "f" }),
});

describe("grant-secrets", () => {
  it("lets this one instance read each secret of this generation, and no other", async () => {
    const deps = world();

    const output = await grantSecrets(input, deps);

    const readers = [...deps.parameters.stored].map(([name, { tags }]) => [name, tags.reader]);
    expect(Object.fromEntries(readers)).toEqual({
      [token]: "AROATEST:i-1",
      [adminToken]: "AROATEST:i-1",
      [databasePassword]: "AROATEST:i-1",
      [foreign]: undefined,
    });
    expect(output.parameters).toEqual(secrets);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Grant Secrets");
  });

  it("takes a secret from the machine before, and gives it to the new one", async () => {
    const deps = world();
    await grantSecrets(input, deps);

    await grantSecrets({ ...input, instanceId: "i-2" }, deps);

    for (const name of secrets) expect(deps.parameters.stored.get(name)?.tags.reader).toBe("AROATEST:i-2");
  });

  it("converges when it crashes after any of its effects", async () => {
    const effects = await surviveCrashes(
      async () => world(),
      (deps) => grantSecrets(input, deps),
      async (_, { parameters, tenants }) => {
        for (const name of secrets) expect(parameters.stored.get(name)?.tags.reader).toBe("AROATEST:i-1");
        expect(tenants.rows.get("acme")?.steps).toHaveProperty("Grant Secrets");
      },
    );

    // a tag for each secret, record
    expect(effects).toBe(4);
  });
});
