import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import type { Execution } from "../../core/aws/executions.ts";
import { WorkflowRunningError } from "../../core/errors.ts";
import { isStoppedByRemoval, tenantWorkflowNames } from "../../core/workflow/workflows.ts";
import { tasksOf, timeoutSecondsOf } from "../../lib/workflows/workflow-tasks.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import { incarnation, sampleRow } from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { awaitRunningWorkflows, LAST_TASK } from "./await-running-workflows.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** @param findAt what Step Functions says of an execution at a time, given in milliseconds since the start of the test */
const world = (findAt: (elapsed: number, arn: string) => Partial<Execution> | undefined) => {
  const clock = stillClock();
  const start = clock.now();
  const stopped: string[] = [];
  const find = async (arn: string): Promise<Execution | undefined> => {
    const execution = findAt(clock.now() - start, arn);
    return execution && { state: "running", startedAt: start, stoppedAt: Number.NaN, ...execution };
  };
  return {
    start,
    stopped,
    deps: {
      env: { WORKFLOW_ARN_PREFIX: "arn:" },
      tenants: memoryTenants([sampleRow({ status: "deleting" })]),
      executions: {
        find,
        stop: async (_arn: string, name: string) => {
          stopped.push(name);
        },
      },
      clock,
    },
  };
};

describe("await-running-workflows", () => {
  it.each([
    ["never started", undefined],
    ["has ended", { state: "ended" as const }],
  ])("is done at once when the provision %s", async (_, execution) => {
    const { deps, start } = world(() => execution);

    expect(await awaitRunningWorkflows(incarnation, deps)).toEqual({ ended: true });
    expect(deps.clock.now()).toBe(start);
    expect(deps.tenants.rows.get("acme")?.steps).toHaveProperty("Await Running Workflows");
  });

  it("believes that there is no provision only a minute after the tenant was created", async () => {
    const { deps, start, stopped } = world((elapsed) =>
      elapsed < 5 * SECOND ? undefined : { state: elapsed < 30 * SECOND ? "running" : "ended" },
    );
    const created = { slug: "acme", generation: ulid(start - SECOND) };
    deps.tenants.rows.set("acme", { ...sampleRow({ status: "deleting" }), ...created });

    expect(await awaitRunningWorkflows(created, deps)).toEqual({ ended: true });

    expect(deps.clock.now() - start).toBeGreaterThanOrEqual(30 * SECOND);
    expect(stopped).toEqual([]);
  });

  it("gives up for now on a provision that is not shown and may be about to start", async () => {
    const { deps, start } = world(() => undefined);
    const created = { slug: "acme", generation: ulid(start - SECOND) };

    await expect(awaitRunningWorkflows(created, deps)).rejects.toBeInstanceOf(WorkflowRunningError);
  });

  it("is done at once when the provision was never let begin, however new the tenant is", async () => {
    const { deps, start } = world(() => undefined);
    const created = { slug: "acme", generation: ulid(start - SECOND) };
    deps.tenants.rows.set("acme", { ...sampleRow({ status: "deleting", requestedBy: "us" }), ...created });

    expect(await awaitRunningWorkflows(created, deps)).toEqual({ ended: true });
    expect(deps.clock.now()).toBe(start);
  });

  it("gives up for now on a provision that was let begin a moment ago, however old the tenant is", async () => {
    const { deps, start } = world(() => undefined);
    const admittedAt = new Date(start - SECOND).toISOString();
    deps.tenants.rows.set("acme", sampleRow({ status: "deleting", requestedBy: "us", admittedAt }));

    await expect(awaitRunningWorkflows(incarnation, deps)).rejects.toBeInstanceOf(WorkflowRunningError);
  });

  it("waits for a provision that is about to end", async () => {
    const { deps, stopped } = world((elapsed) => ({ state: elapsed < 20 * SECOND ? "running" : "ended" }));

    expect(await awaitRunningWorkflows(incarnation, deps)).toEqual({ ended: true });
    expect(stopped).toEqual([]);
  });

  it("gives up for now, in less than a minute, on a provision that goes on", async () => {
    const { deps, start, stopped } = world(() => ({ state: "running" }));

    await expect(awaitRunningWorkflows(incarnation, deps)).rejects.toBeInstanceOf(WorkflowRunningError);

    expect(deps.clock.now() - start).toBeLessThan(MINUTE);
    expect(stopped).toEqual([]);
  });

  it("stops a provision that is stuck", async () => {
    const { deps, stopped } = world(() => ({
      state: "running",
      startedAt: stillClock().now() - 11 * MINUTE,
    }));

    await expect(awaitRunningWorkflows(incarnation, deps)).rejects.toBeInstanceOf(WorkflowRunningError);

    expect(stopped[0]).toBe(`acme-${incarnation.generation}`);
  });

  it("waits for the last repair too, and soon stops it", async () => {
    const { deps, stopped } = world((elapsed, arn) => ({
      state: arn === "arn:repair-tenant" && elapsed < 30 * SECOND ? "running" : "ended",
      startedAt: stillClock().now() - 2 * MINUTE,
    }));

    expect(await awaitRunningWorkflows({ ...incarnation, repairs: 3 }, deps)).toEqual({ ended: true });

    expect(new Set(stopped)).toEqual(new Set([`acme-${incarnation.generation}-repair-3`]));
  });

  it("waits for the last task of a provision that was cut short", async () => {
    const { deps } = world(() => ({ state: "cut-short", stoppedAt: stillClock().now() }));

    await expect(awaitRunningWorkflows(incarnation, deps)).rejects.toBeInstanceOf(WorkflowRunningError);
    await deps.clock.sleep(2.5 * MINUTE);

    expect(await awaitRunningWorkflows(incarnation, deps)).toEqual({ ended: true });
  });

  it("waits no shorter than any task may run on", () => {
    const tasks = tenantWorkflowNames.filter(isStoppedByRemoval).flatMap(tasksOf);

    const late = tasks.filter(({ name }) => timeoutSecondsOf(name) * SECOND > LAST_TASK);

    expect(late.map(({ name }) => name)).toEqual([]);
  });
});
