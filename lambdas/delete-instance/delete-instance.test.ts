import { describe, expect, it } from "vitest";
import { ResourceStillThereError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, sampleRow, taskInput, tenantKey } from "../../test/support/sample.ts";
import { deleteInstance } from "./delete-instance.ts";

const world = () => {
  const ec2 = memoryEc2({});
  ec2.machines.push(
    { id: "i-1", zone: "zone-a", state: "running", of: tenantKey },
    { id: "i-2", zone: "zone-a", state: "pending", of: tenantKey },
    { id: "i-other", zone: "zone-a", state: "running", of: { stage: "test", ...earlier } },
  );
  const tenants = memoryTenants([sampleRow({ status: "deleting" })]);
  return { env: { BASE_DOMAIN: "example.test" }, tenants, instances: ec2.instances, ec2 };
};

describe("delete-instance", () => {
  it("ends every machine of this generation, and no other", async () => {
    const deps = world();

    const output = await deleteInstance(taskInput, deps);

    expect(deps.ec2.machines.map(({ state }) => state)).toEqual(["terminated", "terminated", "running"]);
    expect(output.deleted).toEqual([
      { kind: "instance", id: "i-1" },
      { kind: "instance", id: "i-2" },
    ]);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Delete Instance");
  });

  it("ends the machine that the row names, though a listing lacks it or its tags are gone", async () => {
    const deps = world();
    const [named] = deps.ec2.machines;
    if (named) named.of = { ...tenantKey, generation: "" };
    deps.tenants = memoryTenants([sampleRow({ status: "deleting", resources: { instanceId: "i-1" } })]);

    const output = await deleteInstance(taskInput, deps);

    expect(output.deleted).toContainEqual({ kind: "instance", id: "i-1" });
    expect(named).toMatchObject({ state: "terminated", of: tenantKey });
  });

  it("touches no machine of the row's id whose tags name another incarnation", async () => {
    const deps = world();
    const resources = { instanceId: "i-other" };
    deps.tenants = memoryTenants([sampleRow({ status: "deleting", resources })]);

    await deleteInstance(taskInput, deps);

    expect(deps.ec2.machines.at(-1)).toMatchObject({ id: "i-other", state: "running" });
  });

  it("is done where there is none", async () => {
    const deps = world();
    deps.ec2.machines = [];

    expect(await deleteInstance(taskInput, deps)).toEqual({ deleted: [] });
  });

  it("leaves a machine that takes long to a later try", async () => {
    const deps = world();
    deps.ec2.prompt = false;
    await expect(deleteInstance(taskInput, deps)).rejects.toBeInstanceOf(ResourceStillThereError);
    expect(deps.tenants.rows.get("acme")?.steps).toEqual({});

    deps.ec2.prompt = true;
    await deleteInstance(taskInput, deps);

    expect(deps.ec2.machines[0]?.state).toBe("terminated");
  });

  it("converges when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>[] = [];
    const fresh = async () => {
      const { ec2, ...deps } = world();
      worlds.push({ ec2, ...deps });
      return deps;
    };

    const effects = await surviveCrashes(
      fresh,
      (deps) => deleteInstance(taskInput, deps),
      async () =>
        expect(worlds.at(-1)?.ec2.machines.map(({ state }) => state)).toEqual([
          "terminated",
          "terminated",
          "running",
        ]),
    );

    // find, read the row, terminate, wait, record
    expect(effects).toBe(5);
  });
});
