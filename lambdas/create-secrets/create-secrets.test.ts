import { describe, expect, it } from "vitest";
import { TenantSupersededError } from "../../core/errors.ts";
import { secretParameter } from "../../core/tenant/names.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { createSecrets } from "./create-secrets.ts";

const adminToken = secretParameter(tenantKey, "admin-token");
const databasePassword = secretParameter(tenantKey, "database-password");

const world = (existing: Record<string, string> = {}) => ({
  env: { PARAMETER_KEY_ID: "key" },
  tenants: memoryTenants([sampleRow()]),
  parameters: memoryParameters(existing),
});
type World = ReturnType<typeof world>;

const valuesOf = ({ parameters }: World): string[] =>
  [...parameters.stored.values()].map(({ value }) => value);

/** Both secrets, each of 32 bytes, with the tenant's tags; the step in the row: whatever happened before. */
const assessComplete = async (output: { parameters: string[] }, deps: World): Promise<void> => {
  expect(output.parameters).toEqual([adminToken, databasePassword]);
  for (const name of output.parameters) {
    const secret = deps.parameters.stored.get(name);
    expect(Buffer.from(secret?.value ?? "", "base64url")).toHaveLength(32);
    expect(secret?.value).toMatch(/^[\w-]{43}$/);
    expect(secret?.tags).toEqual({
      "warren:stage": "test",
      "warren:slug": "acme",
      "warren:generation": incarnation.generation,
    });
  }
  expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Create Secrets");
};

describe("create-secrets", () => {
  it("makes an admin token and a database password, each 32 random bytes", async () => {
    const deps = world();

    const output = await createSecrets(taskInput, deps);

    await assessComplete(output, deps);
  });

  it("makes no secret twice", async () => {
    const worlds = [world(), world()];

    for (const deps of worlds) await createSecrets(taskInput, deps);

    expect(new Set(worlds.flatMap(valuesOf)).size).toBe(4);
  });

  it("never gives an existing secret another value: a machine may use it already", async () => {
    const deps = world({ [adminToken]: "in use" });

    await createSecrets(taskInput, deps);

    expect(deps.parameters.stored.get(adminToken)?.value).toBe("in use");
    expect(deps.parameters.stored.get(databasePassword)?.value).toMatch(/^[\w-]{43}$/);
  });

  it("converges when it crashes after any of its effects, and keeps what it had made", async () => {
    const effects = await surviveCrashes(
      async () => world(),
      async (deps) => {
        const before = new Map(deps.parameters.stored);
        const output = await createSecrets(taskInput, deps);
        for (const [name, secret] of before) expect(deps.parameters.stored.get(name)).toEqual(secret);
        return output;
      },
      assessComplete,
    );

    // admin token, database password, record
    expect(effects).toBe(3);
  });

  it("says so when the row is no longer its own, and tells no secret then", async () => {
    const deps = { ...world(), tenants: memoryTenants([sampleRow({ status: "deleting" })]) };

    const failure = await createSecrets(taskInput, deps).catch((error) => error);

    expect(failure).toBeInstanceOf(TenantSupersededError);
    expect(valuesOf(deps)).toHaveLength(2);
    for (const secret of valuesOf(deps)) expect(`${failure.message} ${failure.stack}`).not.toContain(secret);
  });

  it("hands on no secret: not in its output, nor in the row", async () => {
    const deps = world();

    const output = await createSecrets(taskInput, deps);

    const shown = JSON.stringify([output, [...deps.tenants.rows]]);
    expect(valuesOf(deps)).toHaveLength(2);
    for (const secret of valuesOf(deps)) expect(shown).not.toContain(secret);
  });
});
