import { describe, expect, it } from "vitest";
import { adviceFor } from "../../core/advice.ts";
import { TenantSupersededError } from "../../core/errors.ts";
import type { Tenant, TenantRepair } from "../../core/tenant/tenant.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, repairingRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { finishRepair } from "./finish-repair.ts";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const input = { ...incarnation, attempt: 1 };
const health = {
  state: "down",
  cause: "connector",
  since: "2026-11-22T11:58:00.000Z",
  badSweeps: 2,
} as const;
const earlierFailure = {
  step: "Verify Repair",
  error: "RepairFailedError",
  reason: "before",
  at: "2026-11-22T11:00:00.000Z",
};
const failure = {
  step: "Verify Repair",
  Error: "RepairFailedError",
  at: "2026-11-22T12:00:00.000Z",
  Cause: "https://acme.example.test/health is not served: 502. Tried: reboot-instance (done): 502.",
};

const world = (row: Tenant = repairingRow({ health }), COOLDOWN_SECONDS = 300) => {
  const tenants = memoryTenants([row]);
  const clock = stillClock();
  const deps = { env: { COOLDOWN_SECONDS }, tenants, repairs: memoryRepairs(tenants, clock), clock };
  const cooldown = () => (Date.parse(tenants.rows.get("acme")?.repair?.notBefore ?? "") - NOW) / 1000;
  return { tenants, deps, cooldown, row: () => tenants.rows.get("acme") };
};

const rowAfter = (failures: number, changes: Partial<Tenant> = {}, repair: Partial<TenantRepair> = {}) =>
  repairingRow({ health, ...changes }, { failures, ...repair });

describe("finish-repair", () => {
  it.each(["repaired", "not-needed"] as const)(
    "gives a tenant that is served a clean slate (%s)",
    async (outcome) => {
      const { deps, row, cooldown } = world(rowAfter(3, { failure: earlierFailure }));

      expect(await finishRepair({ ...input, outcome }, deps)).toEqual({ status: "ready" });
      expect(row()).toMatchObject({ status: "ready", repair: { failures: 0, attempt: 1 } });
      expect(row()?.failure).toBeUndefined();
      expect(row()?.health).toBeUndefined();
      expect(cooldown()).toBe(300);
    },
  );

  it("says of a tenant that is still not served why, and what to do", async () => {
    const { deps, row } = world();

    const output = await finishRepair({ ...input, outcome: "failed", failure }, deps);

    expect(output).toEqual({
      status: "degraded",
      reason: failure.Cause,
      advice: expect.stringContaining("docs/runbook.md"),
    });
    expect(row()).toMatchObject({
      status: "degraded",
      health,
      repair: { failures: 1 },
      failure: { step: "Verify Repair", error: "RepairFailedError", at: failure.at, reason: output.reason },
    });
  });

  it("takes the reason from a Lambda's error, and the advice from its name", async () => {
    const { deps } = world();
    const missing = "DataVolumeMissingError";
    const Cause = JSON.stringify({
      errorType: missing,
      errorMessage: "Tenant acme has no data volume.",
      trace: [],
    });

    const output = await finishRepair(
      { ...input, outcome: "failed", failure: { ...failure, Error: missing, Cause } },
      deps,
    );

    expect(output).toMatchObject({
      reason: "Tenant acme has no data volume.",
      advice: adviceFor({ error: missing }, "acme"),
    });
  });

  it.each([[""], ["{not JSON"], ["{}"]])(
    "always has a reason and an advice, even for «%s»",
    async (Cause) => {
      const { deps } = world();

      const output = await finishRepair(
        { ...input, outcome: "failed", failure: { ...failure, Cause } },
        deps,
      );

      expect(output.reason).not.toBe("");
      expect(output.advice).not.toBe("");
    },
  );

  it("falls back to the reason why the repair began", async () => {
    const { deps, row } = world();

    await finishRepair({ ...input, outcome: "failed" }, deps);

    expect(row()?.failure).toMatchObject({ step: "Verify Repair", reason: "no connector is connected" });
  });

  it.each([
    [0, 600],
    [1, 1_200],
    [5, 19_200],
    [6, 21_600],
    [1_000_000, 21_600],
  ])(
    "after %i failures in a row and one more, leaves the tenant alone for %i s",
    async (failures, seconds) => {
      const { deps, cooldown } = world(rowAfter(failures));

      await finishRepair({ ...input, outcome: "failed", failure }, deps);

      expect(cooldown()).toBe(seconds);
    },
  );

  it("never shortens a cooldown that the stage wants longer", async () => {
    const { deps, cooldown } = world(rowAfter(0), 86_400);

    await finishRepair({ ...input, outcome: "failed", failure }, deps);

    expect(cooldown()).toBe(86_400);
  });

  it.each([
    ["ready", undefined],
    ["degraded", earlierFailure],
  ] as const)("leaves a tenant %s about which nothing could be found out", async (status, before) => {
    const { deps, row, cooldown } = world(rowAfter(2, before && { failure: before }));

    expect(await finishRepair({ ...input, outcome: "unknown" }, deps)).toMatchObject({ status });
    expect(row()).toMatchObject({ status, repair: { failures: 2 } });
    expect(row()?.failure).toEqual(before);
    expect(cooldown()).toBe(300);
  });

  it("keeps what a replacement has begun for the next repair", async () => {
    const { deps, row } = world(rowAfter(0, {}, { replaces: ["i-1"] }));

    await finishRepair({ ...input, outcome: "failed", failure }, deps);

    expect(row()?.repair?.replaces).toEqual(["i-1"]);
  });

  it.each([
    ["is being removed", repairingRow({ status: "deleting" })],
    ["is in a later repair", repairingRow({}, { attempt: 2 })],
  ])("changes nothing of a tenant that %s", async (_, before) => {
    const { deps, row } = world(before);

    await expect(finishRepair({ ...input, outcome: "repaired" }, deps)).rejects.toBeInstanceOf(
      TenantSupersededError,
    );
    expect(row()).toEqual(before);
  });

  it("says and does the same when it crashes after any of its effects", async () => {
    const worlds: ReturnType<typeof world>[] = [];
    const effects = await surviveCrashes(
      async () => {
        worlds.push(world());
        return worlds.at(-1)?.deps as ReturnType<typeof world>["deps"];
      },
      (deps) => finishRepair({ ...input, outcome: "failed", failure }, deps),
      async ({ status, reason }) => {
        expect([status, reason]).toEqual(["degraded", failure.Cause]);
        expect(worlds.at(-1)?.row()?.repair?.failures).toBe(1);
      },
    );

    // read the row, write it
    expect(effects).toBe(2);
  });
});
