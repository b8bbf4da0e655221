import { describe, expect, it } from "vitest";
import type { Execution } from "../../core/aws/executions.ts";
import { timestamp } from "../../core/clock.ts";
import type { Unfinished } from "../../core/fleet/survey.ts";
import type { RepairEnd, RepairOf } from "../../core/repair/repair-store.ts";
import type { TenantFailure } from "../../core/tenant/failure.ts";
import { tenantWorkflows } from "../../core/workflow/workflows.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { resumeWork } from "./resume-work.ts";

const env = {
  STAGE: "test",
  TENANTS_TABLE: "tenants",
  WORKFLOW_ARN_PREFIX: "arn:",
};
const base = `acme-${incarnation.generation}`;
const now = stillClock().now();
const ago = (milliseconds: number) => timestamp(stillClock(now - milliseconds));
const MINUTE = 60_000;

const row = (changes: Partial<Unfinished> = {}): Unfinished => ({
  ...incarnation,
  status: "repairing",
  updatedAt: ago(10 * MINUTE),
  deletions: 1,
  attempt: 2,
  resumed: 0,
  ...changes,
});

/** @param found the execution that the row names @param unchanged whether the row is still as it was read */
const world = (found: Partial<Execution> | undefined, { unchanged = true } = {}) => {
  const looked: string[] = [];
  const started: [string, string, object][] = [];
  const stopped: string[] = [];
  const failures: [string, TenantFailure][] = [];
  const finished: [RepairOf, RepairEnd][] = [];
  const execution = found && { state: "ended" as const, startedAt: now, stoppedAt: now, ...found };
  const deps = {
    env,
    tenants: {
      ...memoryTenants([
        sampleRow({
          steps: { "Create Tunnel": ago(MINUTE) },
          waiting: { step: "Delete Tunnel", reason: "Cloudflare answered 500." },
        }),
      ]),
      markFailed: async (_of: object, status: string, failure: TenantFailure) => {
        failures.push([status, failure]);
        return unchanged;
      },
      removeAgain: async () => unchanged,
    },
    repairs: {
      beginAnew: async () => unchanged,
      finish: async (repair: RepairOf, end: RepairEnd) => void finished.push([repair, end]),
    },
    executions: {
      find: async () => execution,
      start: async (arn: string, name: string, input: object) => void started.push([arn, name, input]),
      stop: async (_arn: string, name: string) => void stopped.push(name),
    },
    admit: async (workflow: string) => {
      looked.push(workflow);
      return [];
    },
    clock: stillClock(),
    logger: { error: () => {} },
  };
  return { deps, looked, started, stopped, failures, finished };
};

const nothing = { resumed: [], failed: [], stopped: [] };

describe("resume-work", () => {
  it("starts nothing for a row that waits for its turn, and looks at its queue", async () => {
    const { deps, looked, started, failures } = world(undefined);
    const waiting = row({ status: "provisioning", queue: "provision-tenant" });

    expect(await resumeWork({ unfinished: [waiting] }, deps)).toEqual(nothing);

    expect(looked).toEqual(["provision-tenant"]);
    expect([...started, ...failures]).toEqual([]);
  });

  it("leaves alone what is at work", async () => {
    const { deps, started, stopped } = world({ state: "running" });

    expect(await resumeWork({ unfinished: [row()] }, deps)).toEqual(nothing);

    expect({ started, stopped }).toEqual({ started: [], stopped: [] });
  });

  it("gives the stream a minute to start what a row asks for", async () => {
    const { deps, started } = world(undefined);

    expect(await resumeWork({ unfinished: [row({ updatedAt: ago(59_000) })] }, deps)).toEqual(nothing);

    expect(started).toEqual([]);
  });

  it.each<[string, Unfinished["status"], [string, string, object]]>([
    ["provision", "provisioning", ["arn:provision-tenant", base, incarnation]],
    ["repair", "repairing", ["arn:repair-tenant", `${base}-repair-2`, { ...incarnation, attempt: 2 }]],
    [
      "removal",
      "deleting",
      ["arn:deprovision-tenant", `${base}-delete-1`, { ...incarnation, reason: "delete", repairs: 2 }],
    ],
  ])("starts a %s that the stream never started, under its own name", async (_, status, expected) => {
    const { deps, started } = world(undefined);

    expect(await resumeWork({ unfinished: [row({ status })] }, deps)).toEqual({
      ...nothing,
      resumed: ["acme"],
    });

    expect(started).toEqual([expected]);
  });

  it.each<["ended" | "cut-short"]>([["ended"], ["cut-short"]])(
    "begins a repair anew that %s without a word",
    async (state) => {
      const { deps, started } = world({ state });

      expect((await resumeWork({ unfinished: [row()] }, deps)).resumed).toEqual(["acme"]);

      expect(started).toEqual([["arn:repair-tenant", `${base}-repair-3`, { ...incarnation, attempt: 3 }]]);
    },
  );

  it("begins a removal anew under a new name", async () => {
    const { deps, started } = world({ state: "cut-short" });

    await resumeWork({ unfinished: [row({ status: "deleting" })] }, deps);

    expect(started.map(([, name]) => name)).toEqual([`${base}-delete-2`]);
  });

  it("fails a provision that was cut short, with the step that it had come to", async () => {
    const { deps, started, failures } = world({ state: "cut-short" });

    expect((await resumeWork({ unfinished: [row({ status: "provisioning" })] }, deps)).failed).toEqual([
      "acme",
    ]);

    expect(started).toEqual([]);
    expect(failures).toMatchObject([
      [
        "provisioning",
        { step: "Launch Instance", error: "WorkflowLostError", at: ago(0), left: "resources" },
      ],
    ]);
  });

  it("does not begin the same repair for ever: the tenant is degraded then", async () => {
    const { deps, started, finished } = world({ state: "cut-short" });

    expect((await resumeWork({ unfinished: [row({ resumed: 3 })] }, deps)).failed).toEqual(["acme"]);

    expect(started).toEqual([]);
    expect(finished).toMatchObject([[{ attempt: 2 }, { status: "degraded" }]]);
  });

  it.each([
    [2, 1],
    [4, 4],
    [12, 60],
  ])("begins a removal for the %i. time only after its pause of %i minutes", async (deletions, minutes) => {
    const { deps, started } = world({ state: "ended" });
    const heardOf = (milliseconds: number) =>
      row({ status: "deleting", deletions, updatedAt: ago(milliseconds) });

    await resumeWork({ unfinished: [heardOf(minutes * MINUTE - 1)] }, deps);
    expect(started).toEqual([]);
    await resumeWork({ unfinished: [heardOf(minutes * MINUTE)] }, deps);
    expect(started).toHaveLength(1);
  });

  it("does not begin the same removal for ever", async () => {
    const { deps, failures } = world({ state: "cut-short" });

    await resumeWork({ unfinished: [row({ status: "deleting", deletions: 20 })] }, deps);

    const reason = expect.stringMatching(/^It was begun 20 times\. Cloudflare answered 500\./);
    expect(failures).toMatchObject([
      ["deleting", { error: "WorkflowLostError", step: "Delete Tunnel", reason }],
    ]);
  });

  it.each<Unfinished["status"]>(["provisioning", "deleting", "repairing"])(
    "changes nothing for a row that is no longer %s",
    async (status) => {
      const { deps, started } = world({ state: "ended" }, { unchanged: false });

      expect(await resumeWork({ unfinished: [row({ status })] }, deps)).toEqual(nothing);

      expect(started).toEqual([]);
    },
  );

  it("stops what takes longer than its workflow may", async () => {
    const { deps, stopped } = world({
      state: "running",
      startedAt: now - tenantWorkflows["repair-tenant"].timeLimit * 1_000 - 1,
    });

    expect((await resumeWork({ unfinished: [row()] }, deps)).stopped).toEqual(["acme"]);

    expect(stopped).toEqual([`${base}-repair-2`]);
  });

  it("goes on with the others after an error, and ends with it", async () => {
    const { deps, started } = world(undefined);
    const away = new Error("Step Functions is away");
    let calls = 0;
    const find = async () => {
      calls += 1;
      if (calls === 1) throw away;
      return undefined;
    };

    const resuming = resumeWork(
      { unfinished: [row(), row({ slug: "other" })] },
      { ...deps, executions: { ...deps.executions, find } },
    );

    await expect(resuming).rejects.toBe(away);
    expect(started).toHaveLength(1);
  });
});
