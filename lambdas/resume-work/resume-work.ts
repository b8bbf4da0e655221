// Finds work that nobody does any more: a row that a workflow should be at work on, and no execution that would ever say
// how it ended. It is begun anew where that is safe, and failed with the reason where it is not. A row that waits for its turn
// is let begin if nobody did so though there is room.
import type { Logger } from "@aws-lambda-powertools/logger";
import type * as z from "zod";
import type { Execution, Executions } from "../../core/aws/executions.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import { WorkflowLostError } from "../../core/errors.ts";
import type { Unfinished } from "../../core/fleet/survey.ts";
import type { Admit } from "../../core/queue/admitter.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import { failureFrom, type TenantFailure } from "../../core/tenant/failure.ts";
import { progress } from "../../core/tenant/steps.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { isAbsenceBelieved } from "../../core/workflow/believed-absence.ts";
import {
  arnOfWorkflow,
  startOf,
  tenantWorkflows,
  type WorkflowStart,
  workflowOf,
} from "../../core/workflow/workflows.ts";
import type { task } from "./task.ts";

export interface ResumeWorkDeps {
  env: Pick<z.output<typeof task.environment>, "WORKFLOW_ARN_PREFIX">;
  tenants: Pick<TenantStore, "get" | "markFailed" | "removeAgain">;
  repairs: Pick<RepairStore, "beginAnew" | "finish">;
  executions: Pick<Executions, "find" | "start" | "stop">;
  admit: Admit;
  clock: Clock;
  logger: Pick<Logger, "error">;
}

type Outcome = "resumed" | "failed" | "stopped";

/** What was begun this often in vain is not begun once more. */
const MOST_RESUMPTIONS = 3;
const MOST_REMOVALS = 20;

const MINUTE = 60_000;
/** In milliseconds, since the removal before was last heard of; the first is begun again at once. In all, most of a day. */
const pauseBeforeRemoval = (deletions: number): number =>
  deletions <= 1 ? 0 : Math.min(2 ** (deletions - 2), 60) * MINUTE;

/** One tenant's trouble keeps nobody else's work from being resumed; the first error wins. */
export const resumeWork = async ({ unfinished }: z.output<typeof task.input>, deps: ResumeWorkDeps) => {
  const done: Record<Outcome, string[]> = { resumed: [], failed: [], stopped: [] };
  const errors: unknown[] = [];
  for (const row of unfinished) {
    try {
      const outcome = await resume(row, deps);
      if (outcome) done[outcome].push(row.slug);
    } catch (error) {
      deps.logger.error("work could not be resumed", { slug: row.slug, error: error as Error });
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return done;
};

/** The execution that the row's own counters name; undefined for a repair that was never begun. */
const workOf = ({ status, attempt: repairs, ...row }: Unfinished): WorkflowStart | undefined => {
  const workflow = workflowOf(status);
  return workflow && startOf(workflow, { ...row, repairs });
};

const resume = async (row: Unfinished, deps: ResumeWorkDeps): Promise<Outcome | undefined> => {
  const { executions, clock, env } = deps;
  if (row.queue) {
    await deps.admit(row.queue, []);
    return undefined;
  }
  const work = workOf(row);
  if (!work) return undefined;
  const execution = await executions.find(arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, work.workflow), work.name);
  if (!execution) {
    if (!isAbsenceBelieved(Date.parse(row.updatedAt), clock.now())) return undefined;
    return start(work, deps);
  }
  if (execution.state === "running") return stopLate(work, execution, deps);
  return afterTheEnd[row.status](row, work, deps);
};

const start = async (
  work: WorkflowStart | undefined,
  { executions, env }: ResumeWorkDeps,
): Promise<Outcome | undefined> => {
  if (!work) return undefined;
  await executions.start(arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, work.workflow), work.name, work.input);
  return "resumed";
};

/** The next sweep finds it ended, and goes on from there. */
const stopLate = async (
  { workflow, name }: WorkflowStart,
  { startedAt }: Execution,
  { executions, clock, env }: ResumeWorkDeps,
): Promise<Outcome | undefined> => {
  if (clock.now() - startedAt <= tenantWorkflows[workflow].timeLimit * 1_000) return undefined;
  const cause = "It took longer than its workflow may.";
  await executions.stop(
    arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, workflow),
    name,
    "WorkflowTimeoutError",
    cause,
  );
  return "stopped";
};

const failProvision = async (row: Unfinished, work: WorkflowStart, { tenants, clock }: ResumeWorkDeps) => {
  const current = await tenants.get(row.slug);
  const step = (current && progress(current)?.step) ?? "Create Resources";
  const failure = { ...lost(step, work, clock), left: "resources" as const };
  return (await tenants.markFailed(row, "provisioning", failure)) ? "failed" : undefined;
};

const removeAgain = async (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => {
  const { tenants, clock } = deps;
  if (row.deletions >= MOST_REMOVALS) {
    const waiting = (await tenants.get(row.slug))?.waiting;
    const found = lost(waiting?.step ?? "Await Running Workflows", work, clock);
    const reason = `It was begun ${row.deletions} times. ${waiting?.reason ?? found.reason}`;
    const failure = { ...found, reason, left: "resources" as const };
    return (await tenants.markFailed(row, "deleting", failure)) ? "failed" : undefined;
  }
  if (clock.now() - Date.parse(row.updatedAt) < pauseBeforeRemoval(row.deletions)) return undefined;
  if (!(await tenants.removeAgain(row, row.deletions))) return undefined;
  return start(workOf({ ...row, deletions: row.deletions + 1 }), deps);
};

const repairAgain = async (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => {
  const { slug, generation, attempt, resumed } = row;
  const repair = { slug, generation, attempt };
  if (resumed >= MOST_RESUMPTIONS) {
    const failure = lost("Diagnose Tenant", work, deps.clock);
    await deps.repairs.finish(repair, { status: "degraded", failures: 1, notBefore: failure.at, failure });
    return "failed";
  }
  if (!(await deps.repairs.beginAnew(repair))) return undefined;
  return start(workOf({ ...row, attempt: attempt + 1 }), deps);
};

type GoOn = (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => Promise<Outcome | undefined>;

const afterTheEnd: Readonly<Record<Unfinished["status"], GoOn>> = {
  provisioning: failProvision,
  repairing: repairAgain,
  deleting: removeAgain,
};

const lost = (step: string, { name }: WorkflowStart, clock: Clock): TenantFailure => {
  const reason = `The execution ${name} was stopped, or ran out of time, and could not say how it ended.`;
  return failureFrom(step, new WorkflowLostError(reason), timestamp(clock));
};
