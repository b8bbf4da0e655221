// A removal starts only when nothing creates any more: a provision or a repair that still runs ends by itself soon after
// its row has changed, and one that does not is stopped. One that is not shown is believed absent only when what ordered
// it is old enough.
import { decodeTime } from "ulid";
import type * as z from "zod";
import type { Execution, Executions } from "../../core/aws/executions.ts";
import { type Clock, poll } from "../../core/clock.ts";
import { WorkflowRunningError } from "../../core/errors.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { isAbsenceBelieved } from "../../core/workflow/believed-absence.ts";
import {
  arnOfWorkflow,
  isStoppedByRemoval,
  startOf,
  type TenantWorkflowName,
  tenantWorkflowNames,
  tenantWorkflows,
  type WorkflowStart,
} from "../../core/workflow/workflows.ts";
import { task } from "./task.ts";

export interface AwaitRunningWorkflowsDeps {
  env: Pick<z.output<typeof task.environment>, "WORKFLOW_ARN_PREFIX">;
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  executions: Pick<Executions, "find" | "stop">;
  clock: Clock;
}

/** In milliseconds: an execution that was cut short leaves its task running for up to the longest of those with effects. */
export const LAST_TASK = 180_000;
const backoff = { firstPause: 1_000, longestPause: 5_000, atMost: 45_000 };

export const awaitRunningWorkflows = (
  { repairs = 0, ...of }: z.output<typeof task.input>,
  deps: AwaitRunningWorkflowsDeps,
) => removalStep(of, task.step, deps.tenants, () => untilEnded(of, repairs, deps));

const untilEnded = async (of: Incarnation, repairs: number, deps: AwaitRunningWorkflowsDeps) => {
  // Its own deletion is not one that it waits for.
  const row = { ...of, repairs, deletions: 0 };
  const orderedAt = await ordersOf(of, deps);
  for (const workflow of tenantWorkflowNames.filter(isStoppedByRemoval)) {
    const start = startOf(workflow, row);
    if (start && !(await poll(() => hasEnded(start, orderedAt[workflow], deps), backoff, deps.clock)))
      throw new WorkflowRunningError(`Execution ${start.name} of ${workflow} may still create resources.`);
  }
  return { ended: true as const };
};

/** When each workflow that a removal stops was ordered: a provision when it was let begin, a repair as its row says. */
const ordersOf = async (of: Incarnation, { tenants }: AwaitRunningWorkflowsDeps) => {
  const row = await tenants.get(of.slug);
  const known = row?.generation === of.generation ? row : undefined;
  const repaired = known?.repair?.startedAt;
  const orders: Partial<Record<TenantWorkflowName, number>> = {
    "provision-tenant": beginOf(of, known),
    "repair-tenant": repaired ? Date.parse(repaired) : decodeTime(of.generation),
  };
  return orders;
};

/** A row that tells who asked for it tells also when its provision was let begin: one that never was will not begin any more. */
const beginOf = ({ generation }: Incarnation, row: Tenant | undefined): number => {
  if (row?.admittedAt) return Date.parse(row.admittedAt);
  return row?.requestedBy ? Number.NEGATIVE_INFINITY : decodeTime(generation);
};

const hasEnded = async (
  { workflow, name }: WorkflowStart,
  orderedAt: number | undefined,
  { env, executions, clock }: AwaitRunningWorkflowsDeps,
): Promise<true | undefined> => {
  const arn = arnOfWorkflow(env.WORKFLOW_ARN_PREFIX, workflow);
  const execution = await executions.find(arn, name);
  if (!execution) return isAbsenceBelieved(orderedAt ?? 0, clock.now()) || undefined;
  if (isQuiet(execution, clock.now())) return true;
  if (execution.state === "running" && clock.now() - execution.startedAt > lenience(workflow)) {
    const cause = "The tenant is being removed, and this had not ended in time.";
    await executions.stop(arn, name, "TenantSupersededError", cause);
  }
  return undefined;
};

/** In milliseconds: one that is older is stuck, or waits for what a removal need not wait for. */
const lenience = (workflow: TenantWorkflowName): number =>
  (tenantWorkflows[workflow].stoppedByRemovalAfter ?? 0) * 1_000;

const isQuiet = ({ state, stoppedAt }: Execution, now: number): boolean => {
  if (state === "running") return false;
  return state === "ended" || now - stoppedAt > LAST_TASK;
};
