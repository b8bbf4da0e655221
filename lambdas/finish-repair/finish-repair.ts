// Ends a repair in the tenant's row: how it stands, why, and when the next repair may begin.
import type * as z from "zod";
import { adviceFor } from "../../core/advice.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import { isUnder, type RepairEnd, type RepairStore } from "../../core/repair/repair-store.ts";
import { failureOf } from "../../core/tenant/failure.ts";
import type { Tenant, TenantRepair } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import type { task } from "./task.ts";

type Input = z.output<typeof task.input>;

export interface FinishRepairDeps {
  env: Pick<z.output<typeof task.environment>, "COOLDOWN_SECONDS">;
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "finish">;
  clock: Clock;
}

/** However many repairs in a row have failed, the next one is tried within this time. Seconds. */
const LONGEST_COOLDOWN = 6 * 3_600;

export const finishRepair = async (input: Input, deps: FinishRepairDeps) => {
  const row = await deps.tenants.get(input.slug);
  if (isFinished(row, input)) return outputOf(row);
  if (!isUnder(row, input)) throw superseded(input);
  const end = endOf(input, row, deps);
  await deps.repairs.finish(input, end);
  return outputOf({ slug: input.slug, ...end });
};

/** An earlier try of this task may have died right after its write: a repair that is over keeps its number. */
const isFinished = (
  row: Tenant | undefined,
  { generation, attempt }: Input,
): row is Tenant & { status: "ready" | "degraded" } =>
  row?.generation === generation &&
  row.repair?.attempt === attempt &&
  (row.status === "ready" || row.status === "degraded");

const outputOf = ({
  slug,
  status,
  failure,
}: Pick<RepairEnd, "status" | "failure"> & { slug: string }): z.input<typeof task.output> => ({
  status,
  ...(failure && { reason: failure.reason, advice: adviceFor(failure, slug) }),
});

type Row = Tenant & { repair: TenantRepair };

const endOf = ({ outcome, failure, lastWords }: Input, row: Row, deps: FinishRepairDeps): RepairEnd => {
  const { failures } = row.repair;
  switch (outcome) {
    case "repaired":
    case "not-needed":
      return { status: "ready", failures: 0, notBefore: later(0, deps) };
    case "unknown":
      return { ...before(row), failures, notBefore: later(0, deps) };
    case "failed":
      return {
        status: "degraded",
        failures: failures + 1,
        notBefore: later(failures + 1, deps),
        failure: failureOf(failure ?? unexplained(row, deps.clock), lastWords),
      };
  }
};

/** A repair leaves the failure of the one before in the row until it ends. */
const before = ({ failure }: Row): Pick<RepairEnd, "status" | "failure"> =>
  failure ? { status: "degraded", failure } : { status: "ready" };

const later = (doublings: number, { env, clock }: FinishRepairDeps): string => {
  const longest = Math.max(LONGEST_COOLDOWN, env.COOLDOWN_SECONDS);
  const seconds = Math.min(env.COOLDOWN_SECONDS * 2 ** doublings, longest);
  return new Date(clock.now() + seconds * 1000).toISOString();
};

/** For a workflow that only knows that it failed. */
const unexplained = ({ repair }: Row, clock: Clock) => ({
  step: "Verify Repair",
  Error: "RepairFailedError",
  Cause: repair.reason,
  at: timestamp(clock),
});
