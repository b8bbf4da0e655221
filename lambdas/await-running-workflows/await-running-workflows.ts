// A removal starts only when nothing creates any more: a provision or a repair that still runs ends by itself soon after
// its row has changed, and one that does not is stopped.
import type * as z from "zod";
import type { Execution, Executions } from "../../core/aws/executions.ts";
import { type Clock, poll } from "../../core/clock.ts";
import { WorkflowRunningError } from "../../core/errors.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { provisionName, repairName } from "../../core/workflow/execution-names.ts";
import type { environment } from "./environment.ts";

interface Input extends Incarnation {
  /** how many were begun; only the last can still run */
  repairs?: number | undefined;
}

export interface AwaitRunningWorkflowsDeps {
  env: Pick<z.output<typeof environment>, "PROVISION_WORKFLOW_ARN" | "REPAIR_WORKFLOW_ARN">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  executions: Pick<Executions, "find" | "stop">;
  clock: Clock;
}

interface Workflow {
  arn: string;
  execution: string;
  /** in milliseconds: one that is older is stuck, or waits for what a removal need not wait for */
  stopAfter: number;
}

const MINUTE = 60_000;
/** An execution that was cut short leaves its task running for up to the longest timeout of a task with effects. */
const LAST_TASK = 2.5 * MINUTE;
const backoff = { firstPause: 1_000, longestPause: 5_000, atMost: 45_000 };

export const awaitRunningWorkflows = async ({ repairs, ...of }: Input, deps: AwaitRunningWorkflowsDeps) => {
  for (const workflow of workflowsOf(of, repairs ?? 0, deps.env)) {
    const settled = await poll(() => settle(workflow, deps), backoff, deps.clock);
    if (!settled)
      throw new WorkflowRunningError(`Execution ${workflow.execution} may still create resources.`);
  }
  await deps.tenants.recordRemovalStep(of, "Await Running Workflows");
  return { settled: true as const };
};

const workflowsOf = (of: Incarnation, repairs: number, env: AwaitRunningWorkflowsDeps["env"]): Workflow[] => [
  { arn: env.PROVISION_WORKFLOW_ARN, execution: provisionName(of), stopAfter: 10 * MINUTE },
  ...(repairs > 0
    ? [{ arn: env.REPAIR_WORKFLOW_ARN, execution: repairName(of, repairs), stopAfter: MINUTE }]
    : []),
];

const settle = async (
  { arn, execution: name, stopAfter }: Workflow,
  { executions, clock }: AwaitRunningWorkflowsDeps,
): Promise<true | undefined> => {
  const execution = await executions.find(arn, name);
  if (!execution || isQuiet(execution, clock.now())) return true;
  if (execution.state === "running" && clock.now() - execution.startedAt > stopAfter) {
    const cause = "The tenant is being removed, and this had not ended in time.";
    await executions.stop(arn, name, "TenantSupersededError", cause);
  }
  return undefined;
};

const isQuiet = ({ state, stoppedAt }: Execution, now: number): boolean => {
  if (state === "running") return false;
  return state === "ended" || now - stoppedAt > LAST_TASK;
};
