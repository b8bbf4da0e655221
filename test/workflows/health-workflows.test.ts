import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Unfinished } from "../../core/fleet/survey.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import { SETTLED } from "../../core/workflow/believed-absence.ts";
import type { AnswerOf } from "../../lambdas/tasks.ts";
import { surveyOf } from "../support/sample-surveys.ts";
import { answers } from "./answers.ts";
import { type EmulatedWorkflows, generation, startEmulatedWorkflows } from "./emulated-workflows.ts";
import { fleet } from "./script.ts";

let workflows: EmulatedWorkflows;
beforeAll(async () => {
  workflows = await startEmulatedWorkflows();
});
afterAll(() => workflows?.stop());

const lost: Unfinished = {
  slug: "acme",
  generation,
  status: "repairing",
  updatedAt: "2026-11-22T12:00:00.000Z",
  deletions: 0,
  attempt: 1,
  resumed: 0,
};

const outputOf = ({ output }: { output?: string | undefined }) => JSON.parse(output ?? "null");

describe("health-sweep", () => {
  beforeEach(async () => {
    workflows.script.forget(fleet);
    await workflows.freeLease();
  });

  test("surveys, judges, gives the lease back, and its output says what it saw", async () => {
    const execution = await workflows.run("health-sweep", {});

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(fleet)).toEqual(["survey-fleet", "judge-fleet"]);
    expect(outputOf(execution)).toMatchObject({ swept: true, ordered: [], counts: { healthy: 50 } });
    expect(await workflows.holder()).toBeUndefined();
  });

  test("surveys a larger fleet page by page, and judges it as a whole", async () => {
    workflows.script.add(
      fleet,
      "survey-fleet",
      { result: surveyOf({ pages: 3 }) },
      { result: surveyOf({ page: 1, pages: 3, unfinished: [lost] }) },
      { result: surveyOf({ page: 2, pages: 3, unfinished: [lost, lost] }) },
    );

    await workflows.run("health-sweep", {});

    const inputs = workflows.script.inputs(fleet, "survey-fleet");
    const at = inputs[0]?.at;
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(inputs).toEqual([
      { at, page: 0 },
      { at, page: 1, pages: 3 },
      { at, page: 2, pages: 3 },
    ]);
    expect(workflows.script.inputs(fleet, "judge-fleet")).toMatchObject([
      { surveys: [{ page: 0 }, { page: 1 }, { page: 2 }] },
    ]);
    expect(workflows.script.inputs(fleet, "resume-work")).toEqual([{ unfinished: [lost, lost, lost] }]);
  });

  test("two at once: one works", async () => {
    workflows.script.add(fleet, "survey-fleet", { result: surveyOf(), delayMs: 1_000 });

    const started = await Promise.all([workflows.start("health-sweep"), workflows.start("health-sweep")]);
    const ended = await Promise.all(started.map((execution) => workflows.ended(execution)));

    expect(ended.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(ended.map((one) => outputOf(one).swept).toSorted()).toEqual([false, true]);
    expect(workflows.script.calls(fleet)).toEqual(["survey-fleet", "judge-fleet"]);
  });

  test("takes over the lease of an execution that nobody knows any more", async () => {
    const ours = await workflows.start("health-sweep");
    await workflows.ended(ours);
    await workflows.holdLease(`${ours}-of-long-ago`, Date.now() - SETTLED);

    expect(outputOf(await workflows.run("health-sweep", {}))).toMatchObject({ swept: true });
  });

  test("leaves the lease to an execution that has just taken it, and is not shown yet", async () => {
    const ours = await workflows.start("health-sweep");
    await workflows.ended(ours);
    await workflows.holdLease(`${ours}-of-just-now`, Date.now() - SETTLED + 30_000);

    expect(outputOf(await workflows.run("health-sweep", {}))).toMatchObject({ swept: false });
    expect(await workflows.holder()).toBe(`${ours}-of-just-now`);
  });

  test.each(["survey-fleet", "judge-fleet", "resume-work"] as const)(
    "when %s fails for good, gives the lease back and ends with that error",
    async (task) => {
      workflows.script.add(fleet, "survey-fleet", { result: surveyOf({ unfinished: [lost] }) });
      workflows.script.add(fleet, task, { error: "AwsDeniedError", message: "It was denied." });

      const execution = await workflows.run("health-sweep", {});

      expect(execution).toMatchObject({ status: "FAILED", error: "AwsDeniedError" });
      expect(await workflows.holder()).toBeUndefined();
    },
  );

  test("is red when it could not see, though it did its work and gave the lease back", async () => {
    const blind = { unknown: 47, judged: 50, why: "Cloudflare answered 500." };
    workflows.script.add(fleet, "survey-fleet", { result: surveyOf({ unfinished: [lost] }) });
    workflows.script.add(fleet, "judge-fleet", { result: { ...answers["judge-fleet"], blind } });

    const execution = await workflows.run("health-sweep", {});

    expect(execution).toMatchObject({
      status: "FAILED",
      error: "SweepBlindError",
      cause: "Judge Fleet: of 50 tenants, 47 are unknown: Cloudflare answered 500.",
    });
    expect(workflows.script.calls(fleet)).toContain("resume-work");
    expect(await workflows.holder()).toBeUndefined();
  });

  // The last one: what was stopped may still ask its task, here as on AWS.
  test("takes over the lease of a sweep that was stopped", async () => {
    workflows.script.add(fleet, "survey-fleet", { result: surveyOf(), delayMs: 3_000 });
    const stopped = await workflows.start("health-sweep");
    await expect.poll(() => workflows.script.calls(fleet), { timeout: 5_000 }).toEqual(["survey-fleet"]);
    await workflows.abort(stopped);
    expect(await workflows.holder()).toBe(stopped);

    const execution = await workflows.run("health-sweep", {});

    expect(outputOf(execution)).toMatchObject({ swept: true });
    expect(await workflows.holder()).toBeUndefined();
  });
});

describe.concurrent("repair-tenant", () => {
  let tenants = 0;
  const repairing = async (): Promise<string> => {
    const slug = `broken-${++tenants}`;
    const at = new Date().toISOString();
    await workflows.putRow({
      slug,
      generation,
      status: "repairing",
      createdAt: at,
      updatedAt: at,
      steps: {},
      resources: { instanceId: "i-1" },
      deletions: 0,
      repair: { attempt: 1, failures: 0, resumed: 0, startedAt: at, reason: "no connection" },
    });
    return slug;
  };
  const diagnosis = (changes: Partial<AnswerOf<"diagnose-tenant">>) => ({
    result: { ...answers["diagnose-tenant"], rungs: ["restart-connector" as const], ...changes },
  });
  const notServed = (rung: Rung) => ({
    result: {
      healthy: false,
      known: true,
      elsewhere: false,
      evidence: "530 with error 1033",
      summary: `${rung} (done): 530 with error 1033`,
    },
  });
  const run = (slug: string) => workflows.run("repair-tenant", { slug, attempt: 1 });

  test("stops at the first rung after which the tenant answers", async () => {
    const slug = await repairing();

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug)).toEqual([
      "diagnose-tenant",
      "restart-unit",
      "verify-repair",
      "finish-repair",
    ]);
    expect(workflows.script.inputs(slug, "finish-repair")).toMatchObject([{ outcome: "repaired" }]);
    expect(outputOf(execution)).toMatchObject({ result: "repaired", rung: "restart-connector" });
  });

  test.each([
    // The row names its machine.
    ["correct-machine", "correct-machine", {}],
    ["correct-secrets", "correct-secrets", { instanceId: "i-1" }],
    ["restart-connector", "restart-unit", { instanceId: "i-1", unit: "warren-connector" }],
    ["restart-application", "restart-unit", { instanceId: "i-1", unit: "warren-app" }],
    ["start-instance", "start-instance", { instanceId: "i-1" }],
    ["reboot-instance", "reboot-instance", { instanceId: "i-1" }],
  ] as const)("%s is done by %s, and proved", async (rung, task, parameters) => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs: [rung] }));

    await run(slug);

    expect(workflows.script.inputs(slug, task)).toEqual([{ slug, generation, attempt: 1, ...parameters }]);
    expect(workflows.script.inputs(slug, "verify-repair")).toMatchObject([
      { slug, generation, attempt: 1, rung, outcome: "done", execution: expect.any(String) },
    ]);
  });

  test("replaces in the safe order: launch, stop, keep, move, grant, retire, prove", async () => {
    const slug = await repairing();
    workflows.script.add(
      slug,
      "diagnose-tenant",
      diagnosis({ rungs: ["replace-instance"], finding: "missing" }),
    );
    workflows.script.add(slug, "launch-instance", { result: { instanceId: "i-2", availabilityZone: "b" } });

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug)).toEqual([
      "diagnose-tenant",
      "read-console",
      "launch-instance",
      "stop-instance",
      "snapshot-data-volume",
      "move-data-volume",
      "grant-secrets",
      "retire-instance",
      "verify-repair",
      "finish-repair",
    ]);
    expect(workflows.script.inputs(slug, "launch-instance")[0]).toMatchObject({ replaces: ["i-1"] });
    expect(workflows.script.inputs(slug, "grant-secrets")[0]).toMatchObject({ instanceId: "i-2" });
    expect(workflows.script.inputs(slug, "retire-instance")).toEqual([
      {
        slug,
        generation,
        attempt: 1,
        replaces: ["i-1"],
        instanceId: "i-2",
        availabilityZone: "b",
        volumeId: "vol-1",
      },
    ]);
    expect(workflows.script.inputs(slug, "verify-repair")[0]).toMatchObject({ snapshotId: "snap-1" });
    const { repair } = (await workflows.row(slug)) ?? {};
    expect(repair).toMatchObject({ replaces: ["i-1"], rung: "replace-instance" });
  });

  test("stops the old machine first where there is no room for a second one, and waits for what room there is", async () => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs: ["replace-instance"] }));
    const full = { error: "NoSecondRoomError", message: "No subnet has room (VcpuLimitExceeded)." };
    workflows.script.add(slug, "launch-instance", full);

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug).slice(2, 6)).toEqual([
      "launch-instance",
      "stop-instance",
      "launch-instance",
      "stop-instance",
    ]);
    expect(workflows.script.inputs(slug, "launch-instance")).toMatchObject([
      { madeRoom: false, since: expect.any(String) },
      { madeRoom: true, since: expect.any(String) },
    ]);
  });

  test.each([
    ["once is launched again", 1, "done"],
    ["whenever it is launched is given up", 4, "failed"],
  ])("a new machine that ends by itself %s", async (_, times, outcome) => {
    const slug = await repairing();
    workflows.script.add(
      slug,
      "diagnose-tenant",
      diagnosis({ rungs: ["replace-instance"], finding: "missing" }),
    );
    const lost = { error: "InstanceLostError", message: "Instance i-2 is terminated instead of running." };
    workflows.script.add(slug, "move-data-volume", ...Array(times).fill(lost));

    await run(slug);

    const calls = workflows.script.calls(slug);
    expect(workflows.script.inputs(slug, "verify-repair")[0]).toMatchObject({ outcome });
    expect(calls.filter((task) => task === "launch-instance")).toHaveLength(Math.min(times + 1, 4));
    expect(calls.includes("retire-instance")).toBe(outcome === "done");
  });

  test("climbs on where a rung was skipped, failed, or did not help", async () => {
    const slug = await repairing();
    const ladder: Rung[] = [
      "restart-connector",
      "restart-application",
      "reboot-instance",
      "replace-instance",
    ];
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs: ladder }));
    workflows.script.add(
      slug,
      "restart-unit",
      { result: { outcome: "skipped", detail: "no agent" } },
      { error: "CommandFailedError", message: "It ended with 1." },
    );
    workflows.script.add(slug, "verify-repair", ...ladder.slice(0, 3).map(notServed));

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    const proofs = workflows.script.inputs(slug, "verify-repair");
    expect(proofs.map(({ rung, outcome }) => [rung, outcome])).toEqual([
      ["restart-connector", "skipped"],
      ["restart-application", "failed"],
      ["reboot-instance", "done"],
      ["replace-instance", "done"],
    ]);
    expect(proofs[0]?.detail).toBe("no agent");
    expect(proofs[1]).toMatchObject({
      failure: { step: "Restart Application", Error: "CommandFailedError", at: expect.any(String) },
    });
    expect(JSON.stringify(proofs[1])).toContain("It ended with 1.");
    expect(proofs[2]).not.toHaveProperty("failure");
  });

  test("that helped nothing leaves the tenant degraded, tells operators why, and fails with that", async () => {
    const slug = await repairing();
    const ladder: Rung[] = ["restart-connector", "reboot-instance", "replace-instance"];
    workflows.script.add(slug, "verify-repair", ...ladder.map(notServed));
    workflows.script.add(slug, "finish-repair", {
      result: { status: "degraded", reason: "No way.", advice: "Look." },
    });

    const execution = await run(slug);

    expect(execution).toMatchObject({ status: "FAILED", error: "RepairFailedError" });
    expect(execution.cause).toBe(
      "Verify Repair: no connector of its tunnel is connected. Tried: restart-connector (done): 530 with error 1033; " +
        "reboot-instance (done): 530 with error 1033; replace-instance (done): 530 with error 1033.",
    );
    expect(workflows.script.inputs(slug, "finish-repair")).toMatchObject([
      { outcome: "failed", failure: { step: "Verify Repair", Error: "RepairFailedError" } },
    ]);
    const [{ failure }] = workflows.script.inputs(slug, "finish-repair") as [{ failure: { Cause: string } }];
    expect(execution.cause).toBe(`Verify Repair: ${failure.Cause}`);
    const told = () => JSON.stringify(workflows.script.inputs(fleet, "operators"));
    await expect.poll(told).toContain(`Tenant ${slug} is not served, and its repair failed: No way.`);
    expect(told()).toContain("Runbook: docs/runbook.md#tenant-degraded");
  });

  test("does not climb on when no request reaches the edge any more", async () => {
    const slug = await repairing();
    workflows.script.add(slug, "verify-repair", {
      result: {
        healthy: false,
        evidence: "the edge refuses connections",
        known: false,
        elsewhere: false,
        summary: "no word",
      },
    });

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug)).not.toContain("reboot-instance");
    expect(workflows.script.inputs(slug, "finish-repair")).toMatchObject([{ outcome: "unknown" }]);
  });

  test("neither boots nor replaces the only machine that knows a lost secret", async () => {
    const slug = await repairing();
    const rungs: Rung[] = ["correct-secrets", "reboot-instance", "replace-instance"];
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs }));
    workflows.script.add(slug, "correct-secrets", {
      error: "SecretLostError",
      message: "The parameter /a/name does not exist.",
    });
    workflows.script.add(slug, "verify-repair", {
      result: {
        healthy: false,
        known: true,
        elsewhere: false,
        evidence: "nothing",
        summary: "correct-secrets (failed): /a/name",
      },
    });

    const execution = await run(slug);

    expect(execution.status).toBe("FAILED");
    expect(execution.cause).toContain("/a/name");
    expect(workflows.script.calls(slug)).toEqual([
      "diagnose-tenant",
      "correct-secrets",
      "verify-repair",
      "finish-repair",
    ]);
  });

  test("looks again once something else keeps visitors out, and climbs that ladder instead", async () => {
    const [slug, changing] = [await repairing(), await repairing()];
    const elsewhere = { healthy: false, known: true, elsewhere: true, evidence: "1016", summary: "it: 1016" };
    const routed = diagnosis({ finding: "record", rungs: ["correct-route"] });
    workflows.script.add(
      slug,
      "diagnose-tenant",
      diagnosis({ rungs: ["restart-connector", "reboot-instance"] }),
      routed,
    );
    workflows.script.add(slug, "verify-repair", { result: elsewhere });
    workflows.script.add(changing, "diagnose-tenant", routed, routed, routed);
    workflows.script.add(changing, "verify-repair", ...Array(9).fill({ result: elsewhere }));

    const [execution, failed] = await Promise.all([run(slug), run(changing)]);

    expect(outputOf(execution)).toMatchObject({
      result: "repaired",
      rung: "correct-route",
      finding: "record",
    });
    expect(workflows.script.calls(slug)).not.toContain("reboot-instance");
    expect(workflows.script.inputs(slug, "verify-repair").map(({ looks }) => looks)).toEqual([1, 2]);
    expect(failed.cause).toContain("it: 1016; it: 1016");
    expect(workflows.script.inputs(changing, "diagnose-tenant")).toHaveLength(2);
  });

  test("of a served tenant that finds nothing to correct ends as not needed, and one that fails says so", async () => {
    const [same, refused] = [await repairing(), await repairing()];
    const nothing = {
      healthy: false,
      known: true,
      elsewhere: false,
      evidence: "nothing",
      summary: "correct-machine",
    };
    for (const slug of [same, refused]) {
      workflows.script.add(
        slug,
        "diagnose-tenant",
        diagnosis({ finding: "drift", rungs: ["correct-machine"] }),
      );
      workflows.script.add(slug, "verify-repair", { result: nothing });
    }
    workflows.script.add(same, "correct-machine", {
      result: { outcome: "skipped", detail: "as it should be" },
    });
    workflows.script.add(refused, "correct-machine", { error: "AwsDeniedError", message: "No." });

    await Promise.all([run(same), run(refused)]);

    expect(workflows.script.inputs(same, "finish-repair")).toMatchObject([{ outcome: "not-needed" }]);
    expect(workflows.script.inputs(refused, "finish-repair")).toMatchObject([{ outcome: "failed" }]);
  });

  test("of which no rung can help is degraded without any", async () => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ finding: "tunnel", rungs: [] }));

    const execution = await run(slug);

    expect(execution).toMatchObject({ status: "FAILED", error: "RepairFailedError" });
    expect(workflows.script.calls(slug)).toEqual(["diagnose-tenant", "finish-repair"]);
  });

  test.each([
    ["healthy", "not-needed"],
    ["unknown", "unknown"],
  ] as const)("does nothing for a tenant that is %s by now", async (finding, outcome) => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ finding, rungs: [] }));

    const execution = await run(slug);

    expect(execution.status, execution.cause).toBe("SUCCEEDED");
    expect(workflows.script.calls(slug)).toEqual(["diagnose-tenant", "finish-repair"]);
    expect(workflows.script.inputs(slug, "finish-repair")).toEqual([
      { slug, generation, attempt: 1, outcome },
    ]);
  });

  test("gives the tenant back when it cannot be diagnosed, and fails with that error", async () => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", { error: "AwsDeniedError" });

    const execution = await run(slug);

    expect(execution).toMatchObject({ status: "FAILED", error: "AwsDeniedError" });
    expect(workflows.script.inputs(slug, "finish-repair")).toMatchObject([{ outcome: "unknown" }]);
  });

  test.each([
    "launch-instance",
    "stop-instance",
    "snapshot-data-volume",
    "move-data-volume",
    "grant-secrets",
    "retire-instance",
  ] as const)("a replacement that fails at %s is told so, and nothing after it is done", async (task) => {
    const slug = await repairing();
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs: ["replace-instance"] }));
    workflows.script.add(slug, task, { error: "AwsRejectedError", message: "No." });
    workflows.script.add(slug, "verify-repair", {
      result: {
        healthy: false,
        evidence: "not asked",
        known: true,
        elsewhere: false,
        summary: "replace-instance (failed): No.",
      },
    });

    const execution = await run(slug);

    expect(execution).toMatchObject({ status: "FAILED", error: "RepairFailedError" });
    expect(execution.cause).toContain("replace-instance (failed): No.");
    expect(workflows.script.inputs(slug, "verify-repair")).toMatchObject([
      { outcome: "failed", failure: { Error: "AwsRejectedError" } },
    ]);
    expect(workflows.script.calls(slug).slice(-3)).toEqual([task, "verify-repair", "finish-repair"]);
  });

  test.each(["diagnose-tenant", "restart-unit", "verify-repair"] as const)(
    "ends at once when %s finds that the row has moved on",
    async (task) => {
      const slug = await repairing();
      workflows.script.add(slug, task, { error: "TenantSupersededError" });

      const execution = await run(slug);

      expect(execution).toMatchObject({ status: "FAILED", error: "TenantSupersededError" });
      expect(workflows.script.calls(slug)).not.toContain("finish-repair");
    },
  );

  test("does not plan a replacement for a row that has moved on", async () => {
    const slug = `nobody-${++tenants}`;
    workflows.script.add(slug, "diagnose-tenant", diagnosis({ rungs: ["replace-instance"] }));

    const execution = await run(slug);

    expect(execution).toMatchObject({ status: "FAILED", error: "DynamoDB.ConditionalCheckFailedException" });
    expect(workflows.script.calls(slug)).toEqual(["diagnose-tenant", "read-console"]);
    expect(await workflows.row(slug)).toBeUndefined();
  });
});
