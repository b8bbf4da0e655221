// A removal starts only when nothing creates any more: a provision that still runs ends by itself soon after its row
// has changed, and one that does not is stopped.
import type * as z from "zod";
import { type Clock, poll } from "../common/clock.ts";
import { ProvisionRunningError } from "../common/errors.ts";
import { provisionName } from "../common/execution-names.ts";
import type { Execution, Executions } from "../common/executions.ts";
import type { Incarnation } from "../common/names.ts";
import type { TenantStore } from "../common/tenant-store.ts";
import type { environment } from "./environment.ts";

export interface SettleProvisionDeps {
  env: Pick<z.output<typeof environment>, "PROVISION_WORKFLOW_ARN">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  executions: Pick<Executions, "find" | "stop">;
  clock: Clock;
}

const MINUTE = 60_000;
/** A provision older than this is stuck. */
const STUCK_AFTER = 10 * MINUTE;
/** An execution that was cut short leaves its task running for up to the longest timeout of a task. */
const LAST_TASK = 2 * MINUTE;
const patience = { firstPause: 1_000, longestPause: 5_000, atMost: 45_000 };

export const settleProvision = async (of: Incarnation, deps: SettleProvisionDeps) => {
  const settled = await poll(() => settle(of, deps), patience, deps.clock);
  if (!settled) throw new ProvisionRunningError(`Execution ${provisionName(of)} may still create resources.`);
  await deps.tenants.recordRemovalStep(of, "Settle Provision");
  return { settled };
};

const settle = async (of: Incarnation, deps: SettleProvisionDeps): Promise<true | undefined> => {
  const { env, executions, clock } = deps;
  const execution = await executions.find(env.PROVISION_WORKFLOW_ARN, provisionName(of));
  if (!execution || isQuiet(execution, clock.now())) return true;
  if (execution.state === "running" && clock.now() - execution.startedAt > STUCK_AFTER) {
    const cause = "The tenant is being removed, and its provision had not ended in time.";
    await executions.stop(env.PROVISION_WORKFLOW_ARN, provisionName(of), "TenantSupersededError", cause);
  }
  return undefined;
};

const isQuiet = ({ state, stoppedAt }: Execution, now: number): boolean => {
  if (state === "running") return false;
  return state === "ended" || now - stoppedAt > LAST_TASK;
};
