// Finds work that nobody does any more: a row that is provisioning, deleting or repairing, and no execution that would
// ever say how it ended. It is begun anew where that is safe, and failed with the reason where it is not.
import type { Logger } from "@aws-lambda-powertools/logger";
import type * as z from "zod";
import type { Execution, Executions } from "../../core/aws/executions.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import type { Unfinished } from "../../core/fleet/survey.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import { progress } from "../../core/tenant/steps.ts";
import type { TenantFailure } from "../../core/tenant/tenant.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { type WorkflowStart, workflowArn } from "../../core/workflow/workflow-starts.ts";
import type { environment } from "./environment.ts";
import type { LostRows } from "./lost-rows.ts";
import { timeLimits, workOf } from "./lost-work.ts";

export interface ResumeWorkDeps {
  env: z.output<typeof environment>;
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "beginAnew" | "settle">;
  rows: LostRows;
  executions: Pick<Executions, "find" | "start" | "stop">;
  clock: Clock;
  logger: Pick<Logger, "error">;
}

type Outcome = "resumed" | "failed" | "stopped";

/** In milliseconds: the stream takes a moment to start what a row asks for. */
const DISPATCH_GRACE = 60_000;
/** What was begun this often in vain is not begun once more. */
const MOST_RESUMPTIONS = 3;
const MOST_REMOVALS = 20;

/** One tenant's trouble keeps nobody else's work from being resumed; the first error wins. */
export const resumeWork = async ({ unfinished }: { unfinished: Unfinished[] }, deps: ResumeWorkDeps) => {
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

const resume = async (row: Unfinished, deps: ResumeWorkDeps): Promise<Outcome | undefined> => {
  const { executions, clock, env } = deps;
  const work = workOf(row);
  const execution = await executions.find(workflowArn(work, env), work.name);
  if (!execution) {
    if (clock.now() - Date.parse(row.updatedAt) < DISPATCH_GRACE) return undefined;
    return start(work, deps);
  }
  if (execution.state === "running") return stopLate(row, work, execution, deps);
  return afterItsEnd(row, work, deps);
};

const start = async (work: WorkflowStart, { executions, env }: ResumeWorkDeps) => {
  await executions.start(workflowArn(work, env), work.name, work.input);
  return "resumed" as const;
};

/** The next sweep finds it ended, and goes on from there. */
const stopLate = async (
  { status }: Unfinished,
  work: WorkflowStart,
  { startedAt }: Execution,
  { executions, clock, env }: ResumeWorkDeps,
): Promise<Outcome | undefined> => {
  if (clock.now() - startedAt <= timeLimits[status]) return undefined;
  const cause = "It took longer than its workflow may.";
  await executions.stop(workflowArn(work, env), work.name, "States.Timeout", cause);
  return "stopped";
};

const afterItsEnd = (
  row: Unfinished,
  work: WorkflowStart,
  deps: ResumeWorkDeps,
): Promise<Outcome | undefined> => {
  if (row.status === "provisioning") return failProvision(row, work, deps);
  return row.status === "deleting" ? removeAgain(row, work, deps) : repairAgain(row, work, deps);
};

const failProvision = async (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => {
  const current = await deps.tenants.get(row.slug);
  const step = (current && progress(current)?.step) ?? "Create Resources";
  const advice = `DELETE /tenants/${row.slug} removes what it has made; then create it again.`;
  const failed = await deps.rows.fail(row, "provisioning", lost(step, work, advice, deps.clock));
  return failed ? "failed" : undefined;
};

const removeAgain = async (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => {
  if (row.deletions >= MOST_REMOVALS) {
    const advice = `find out why in its executions, then DELETE /tenants/${row.slug} again.`;
    const failed = await deps.rows.fail(
      row,
      "deleting",
      lost("Await Running Workflows", work, advice, deps.clock),
    );
    return failed ? "failed" : undefined;
  }
  if (!(await deps.rows.removeAgain(row, row.deletions))) return undefined;
  return start(workOf({ ...row, deletions: row.deletions + 1 }), deps);
};

const repairAgain = async (row: Unfinished, work: WorkflowStart, deps: ResumeWorkDeps) => {
  const { slug, generation, attempt, resumed } = row;
  const repair = { slug, generation, attempt };
  if (resumed >= MOST_RESUMPTIONS) {
    const failure = lost(
      "Diagnose Tenant",
      work,
      "find out why in its executions in Step Functions.",
      deps.clock,
    );
    await deps.repairs.settle(repair, { status: "degraded", failures: 1, notBefore: failure.at, failure });
    return "failed";
  }
  if (!(await deps.repairs.beginAnew(repair))) return undefined;
  return start(workOf({ ...row, attempt: attempt + 1 }), deps);
};

const lost = (step: string, { name }: WorkflowStart, advice: string, clock: Clock): TenantFailure => ({
  step,
  error: "WorkflowLostError",
  reason: `The execution ${name} was stopped, or ran out of time, and could not say how it ended.`,
  advice,
  at: timestamp(clock),
});
