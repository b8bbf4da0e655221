import { describe, expect, it } from "vitest";
import type { RunCommand } from "../../core/aws/run-command.ts";
import { CommandFailedError, TenantSupersededError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, repairingRow } from "../../test/support/sample.ts";
import { restartUnit } from "./restart-unit.ts";

const world = (answer: Awaited<ReturnType<RunCommand["restart"]>> = "done", row = repairingRow()) => {
  const tenants = memoryTenants([row]);
  const restarted: string[] = [];
  const restart: RunCommand["restart"] = async (instanceId, unit) => {
    restarted.push(`${unit} ${instanceId}`);
    return answer;
  };
  return { tenants, restarted, deps: { repairs: memoryRepairs(tenants), commands: { restart } } };
};

describe.each([
  ["restart-connector", "warren-connector"],
  ["restart-application", "warren-app"],
] as const)("%s", (rung, unit) => {
  const input = { ...incarnation, attempt: 1, instanceId: "i-1", unit };

  it("records its rung, and restarts its unit on the machine", async () => {
    const { tenants, restarted, deps } = world();

    const output = await restartUnit(input, deps);

    expect(output).toEqual({ outcome: "done", detail: `${unit} was restarted on i-1` });
    expect(restarted).toEqual([`${unit} i-1`]);
    expect(tenants.rows.get("acme")?.repair?.rung).toBe(rung);
  });

  it("is skipped where Run Command does not reach the machine", async () => {
    const { deps } = world("unreachable");

    expect(await restartUnit(input, deps)).toEqual({
      outcome: "skipped",
      detail: "Run Command does not reach i-1",
    });
  });

  it("fails with the command", async () => {
    const { deps } = world();
    const failing = { restart: () => Promise.reject(new CommandFailedError("It ended as Failed.")) };

    await expect(restartUnit(input, { ...deps, commands: failing })).rejects.toBeInstanceOf(
      CommandFailedError,
    );
  });

  it.each([
    ["is being removed", repairingRow({ status: "deleting" })],
    ["is in a later repair", repairingRow({}, { attempt: 2 })],
  ])("touches nothing of a tenant that %s", async (_, row) => {
    const { restarted, deps } = world("done", row);

    await expect(restartUnit(input, deps)).rejects.toBeInstanceOf(TenantSupersededError);
    expect(restarted).toEqual([]);
  });

  it("converges when it crashes after any of its effects", async () => {
    const effects = await surviveCrashes(
      async () => world().deps,
      (deps) => restartUnit(input, deps),
      async ({ outcome }) => expect(outcome).toBe("done"),
    );

    // record, restart
    expect(effects).toBe(2);
  });
});
