import { describe, expect, it } from "vitest";
import type { Instance } from "../../core/aws/instances.ts";
import type { ProbeResult, ProbeTarget } from "../../core/edge/probe.ts";
import { TenantSupersededError } from "../../core/errors.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { earlier, repairingRow, sampleRow, served, taskInput, tenantKey } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { diagnoseTenant } from "./diagnose-tenant.ts";
import { ladders } from "./ladder.ts";

const input = { ...taskInput, attempt: 1 };
const noConnector: ProbeResult = { kind: "bad", cause: "connector", words: "530 with error 1033" };
const failure = { step: "s", error: "E", reason: "r", at: "2026-11-22T12:00:00.000Z" };

/** @param looks what the edge answers in turn, the last one for ever */
const world = (
  row = repairingRow(),
  probes: ProbeResult[] = [noConnector],
  states: Instance["state"][] = ["running"],
) => {
  const ec2 = memoryEc2({});
  for (const [index, state] of states.entries()) {
    ec2.machines.push({ id: `i-${index + 1}`, zone: "zone-a", state, of: tenantKey });
  }
  const asked: string[] = [];
  const edge = {
    probe: async ({ hostname, path }: ProbeTarget) => {
      asked.push(`${hostname}${path}`);
      return probes[Math.min(asked.length, probes.length) - 1] ?? noConnector;
    },
  };
  const env = { BASE_DOMAIN: "example.test", HEALTH_PATH: "/health" };
  const clock = stillClock();
  return {
    ec2,
    asked,
    clock,
    deps: { env, tenants: memoryTenants([row]), instances: ec2.instances, edge, clock },
  };
};

const diagnose = (...of: Parameters<typeof world>) => diagnoseTenant(input, world(...of).deps);

describe("diagnose-tenant", () => {
  it("names what is wrong, what may help, and the machine", async () => {
    expect(await diagnose()).toEqual({
      finding: "connector",
      reason: "https://acme.example.test/health is not served: 530 with error 1033.",
      rungs: [...ladders.connector],
      instanceId: "i-1",
      replaces: ["i-1"],
    });
  });

  it("probes twice before it finds anything wrong, with a pause", async () => {
    const { deps, asked, clock } = world(repairingRow(), [noConnector, served]);
    const start = clock.now();

    expect(await diagnoseTenant(input, deps)).toMatchObject({ finding: "healthy", rungs: [] });
    expect(asked).toEqual(Array(2).fill("acme.example.test/health"));
    expect(clock.now() - start).toBe(3_000);
  });

  it.each([
    ["stopped", "stopped", ["start-instance", "reboot-instance", "replace-instance"]],
    ["stopping", "stopped", ["start-instance", "reboot-instance", "replace-instance"]],
    ["pending", "stopped", ["start-instance", "reboot-instance", "replace-instance"]],
    ["shutting-down", "missing", ladders.missing],
    ["terminated", "missing", ladders.missing],
  ] as const)("asks nobody for the page of a machine that is %s", async (state, finding, rungs) => {
    const { deps, asked } = world(repairingRow(), [served], [state]);

    expect(await diagnoseTenant(input, deps)).toMatchObject({ finding, rungs });
    expect(asked).toEqual([]);
  });

  it("finds a machine gone that EC2 shows no more", async () => {
    const { instanceId, ...rest } = await diagnose(repairingRow(), [noConnector], []);

    expect(instanceId).toBeUndefined();
    expect(rest).toMatchObject({ finding: "missing", replaces: ["i-1"] });
  });

  it("finds a tenant healthy that is served, whatever EC2 does not show", async () => {
    expect(await diagnose(repairingRow(), [served], [])).toMatchObject({
      finding: "healthy",
      rungs: [],
    });
  });

  it("leaves a tenant alone of which neither EC2 nor the edge tells anything", async () => {
    const silent: ProbeResult = { kind: "unknown", words: "the edge refuses connections" };

    expect(await diagnose(repairingRow(), [silent], [])).toMatchObject({ finding: "unknown", rungs: [] });
  });

  it("takes a failed status check for the machine's", async () => {
    const { ec2, deps } = world();
    ec2.checks = "impaired";

    expect(await diagnoseTenant(input, deps)).toMatchObject({
      finding: "impaired",
      reason: expect.stringContaining("a status check of i-1 failed"),
      rungs: ["reboot-instance", "replace-instance"],
    });
  });

  it("does nothing where the edge tells nothing", async () => {
    const row = repairingRow({ failure });

    expect(await diagnose(row, [{ kind: "unknown", words: "the edge refuses connections" }])).toMatchObject({
      finding: "unknown",
      rungs: [],
    });
  });

  it("puts back what was changed by hand of one that is served, and nothing else", async () => {
    const since = "2026-11-22T12:00:00.000Z";
    const row = repairingRow({ health: { state: "degraded", cause: "drift", since, badSweeps: 0 } });

    const { finding, rungs } = await diagnose(row, [served]);

    expect(finding).toBe("drift");
    expect(rungs.length).toBeGreaterThan(0);
    expect(rungs.filter((rung) => !rung.startsWith("correct-"))).toEqual([]);
  });

  it("finds the machine that the row names though its tags are gone, and corrects it where it is", async () => {
    const since = "2026-11-22T12:00:00.000Z";
    const row = repairingRow({ health: { state: "degraded", cause: "drift", since, badSweeps: 0 } });
    const { ec2, deps } = world(row, [served], ["running"]);
    for (const machine of ec2.machines) machine.of = { ...machine.of, generation: "" };

    const { finding, instanceId } = await diagnoseTenant(input, deps);

    expect({ finding, instanceId }).toEqual({ finding: "drift", instanceId: "i-1" });
  });

  it("takes the sweep's word for a tunnel that was lost", async () => {
    const since = "2026-11-22T12:00:00.000Z";
    const row = repairingRow({ health: { state: "down", cause: "tunnel", since, badSweeps: 2 } });

    expect(await diagnose(row)).toMatchObject({ finding: "tunnel", rungs: [...ladders.tunnel] });
  });

  it("would replace every machine of this incarnation that still lives, and none of another", async () => {
    const { ec2, deps } = world(repairingRow(), [noConnector], ["running", "terminated", "running"]);
    ec2.machines.push({ id: "i-9", zone: "zone-a", state: "running", of: { stage: "test", ...earlier } });

    expect((await diagnoseTenant(input, deps)).replaces).toEqual(["i-1", "i-3"]);
  });

  describe("once a replacement has begun", () => {
    const begun = () => repairingRow({}, { replaces: ["i-1"] });

    it("goes on with it, whatever is served meanwhile", async () => {
      const { deps, asked } = world(begun(), [served], ["running", "running"]);

      expect(await diagnoseTenant(input, deps)).toMatchObject({
        finding: "missing",
        rungs: [...ladders.missing],
        replaces: ["i-1"],
        reason: "A replacement of i-1 was begun and not finished.",
      });
      expect(await diagnoseTenant(input, deps)).not.toHaveProperty("instanceId");
      expect(asked).toEqual([]);
    });

    it("replaces the new machine too if that was stopped", async () => {
      expect((await diagnose(begun(), [noConnector], ["stopped", "stopped"])).replaces).toEqual([
        "i-1",
        "i-2",
      ]);
    });

    it("does not take the new machine for an old one because there was no old one", async () => {
      const row = repairingRow({ resources: {} }, { replaces: [] });

      expect((await diagnose(row)).replaces).toEqual([]);
    });
  });

  it.each([
    ["is being removed", repairingRow({ status: "deleting" })],
    ["is in a later repair", repairingRow({}, { attempt: 2 })],
    ["is of another generation", repairingRow(earlier)],
    ["was never repaired", sampleRow({ status: "ready" })],
  ])("leaves a tenant alone whose row %s", async (_, row) => {
    await expect(
      diagnoseTenant(input, world(row as ReturnType<typeof repairingRow>).deps),
    ).rejects.toBeInstanceOf(TenantSupersededError);
  });

  it("changes nothing, however often it is run", async () => {
    await surviveCrashes(
      async () => world().deps,
      (deps) => diagnoseTenant(input, deps),
      async ({ finding }) => expect(finding).toBe("connector"),
    );
  });
});
