import { describe, expect, it } from "vitest";
import { SecretLostError, TenantSupersededError } from "../../core/errors.ts";
import { secretParameter, tenantSecrets, tenantTags } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { repairingRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { correctSecrets } from "./correct-secrets.ts";

const input = { ...taskInput, attempt: 1, instanceId: "i-1" };
const adminToken = secretParameter(tenantKey, "admin-token");
const databasePassword = secretParameter(tenantKey, "database-password");

const world = () => {
  const parameters = memoryParameters(
    Object.fromEntries(tenantSecrets(tenantKey).map((name) => [name, `value of ${name}`])),
  );
  for (const [, stored] of parameters.stored) stored.tags = { reader: "AROATEST:i-1" };
  const repairs = memoryRepairs(memoryTenants([repairingRow()]));
  return { env: { PARAMETER_KEY_ID: "key", INSTANCE_ROLE_ID: "AROATEST" }, repairs, parameters };
};
type World = ReturnType<typeof world>;
const readersOf = ({ parameters }: World) => [...parameters.stored].map(([, { tags }]) => tags.reader);

describe("correct-secrets", () => {
  it("changes nothing where nothing is missing", async () => {
    const deps = world();
    const before = structuredClone(deps.parameters.stored);

    expect(await correctSecrets(input, deps)).toMatchObject({ outcome: "skipped" });
    expect(deps.parameters.stored).toEqual(before);
  });

  it("makes an admin token anew, names its reader, and keeps the value to itself", async () => {
    const deps = world();
    deps.parameters.stored.delete(adminToken);

    const { outcome, detail } = await correctSecrets(input, deps);

    const { value = "", tags } = deps.parameters.stored.get(adminToken) ?? {};
    expect(outcome).toBe("done");
    expect(value.length).toBeGreaterThan(40);
    expect(tags).toEqual({ ...tenantTags(tenantKey), reader: "AROATEST:i-1" });
    expect(detail).toContain("admin-token");
    expect(detail).not.toContain(value);
  });

  it("names the machine as reader where the tag is gone, or names another", async () => {
    const deps = world();
    const [first, second] = [...deps.parameters.stored.values()];
    if (first) first.tags = {};
    if (second) second.tags = { reader: "AROATEST:i-9" };

    const { detail } = await correctSecrets(input, deps);

    expect(readersOf(deps)).toEqual(["AROATEST:i-1", "AROATEST:i-1", "AROATEST:i-1"]);
    expect(detail).toMatch(/^i-1 is reader of the \S+ again; i-1 is reader of the \S+ again$/);
  });

  it("names no reader where there is no machine", async () => {
    const deps = world();
    deps.parameters.stored.delete(adminToken);

    await correctSecrets({ ...input, instanceId: "" }, deps);

    expect(deps.parameters.stored.get(adminToken)?.tags).toEqual(tenantTags(tenantKey));
  });

  it("makes no other database password, and names the parameter that is lost", async () => {
    const deps = world();
    deps.parameters.stored.delete(databasePassword);

    const correcting = correctSecrets(input, deps);

    await expect(correcting).rejects.toThrow(SecretLostError);
    await expect(correcting).rejects.toThrow(databasePassword);
    expect(deps.parameters.stored.has(databasePassword)).toBe(false);
  });

  it("converges when it crashes after any of its effects", async () => {
    const lost = async () => {
      const deps = world();
      deps.parameters.stored.delete(adminToken);
      return deps;
    };

    const crashes = await surviveCrashes(
      lost,
      (deps) => correctSecrets(input, deps),
      async (_, deps) => expect(readersOf(deps)).toEqual(["AROATEST:i-1", "AROATEST:i-1", "AROATEST:i-1"]),
    );

    expect(crashes).toBeGreaterThan(4);
  });

  it("changes nothing for a repair that is over", async () => {
    const deps = world();
    deps.parameters.stored.delete(adminToken);

    await expect(correctSecrets({ ...input, attempt: 2 }, deps)).rejects.toThrow(TenantSupersededError);
    expect(deps.parameters.stored.has(adminToken)).toBe(false);
  });
});
