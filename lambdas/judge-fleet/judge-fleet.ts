// Decides for the fleet as a whole what a sweep leads to: a few repairs; in an outage none, or one after the other. A repair is ordered
// by writing the row; the table's stream starts it.
import type { Logger } from "@aws-lambda-powertools/logger";
import type * as z from "zod";
import { type Clock, timestamp } from "../../core/clock.ts";
import { InvalidInputError } from "../../core/errors.ts";
import type { DownTenant } from "../../core/fleet/survey.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { fleetOf } from "./fleet.ts";
import type { FleetMetrics } from "./fleet-metrics.ts";
import { blindnessIn, outageIn } from "./outage.ts";
import { selectRepairs } from "./select-repairs.ts";
import type { task } from "./task.ts";

export interface JudgeFleetDeps {
  env: Pick<z.output<typeof task.environment>, "OUTAGE_SHARE" | "OUTAGE_MINIMUM" | "REPAIRS_AT_ONCE">;
  tenants: Pick<TenantStore, "get">;
  repairs: Pick<RepairStore, "begin">;
  metrics: FleetMetrics;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

export const judgeFleet = async (
  { surveys }: z.output<typeof task.input>,
  deps: JudgeFleetDeps,
): Promise<z.input<typeof task.output>> => {
  const { env, metrics, clock, logger } = deps;
  const fleet = fleetOf(surveys);
  const held = outageIn(fleet, env, clock.now());
  const blind = blindnessIn(fleet, env);
  metrics.publish(fleet, held !== undefined);
  if (held) logger.warn("this is an outage, and repairs are held", { ...held });
  const atOnce = Math.min(held?.lets.repairs ?? env.REPAIRS_AT_ONCE, env.REPAIRS_AT_ONCE);
  const wanted = selectRepairs(fleet, atOnce, timestamp(clock));
  const ordered = await order(wanted, deps);
  const { counts, repairing, degraded, strays } = fleet;
  const waiting = Math.max(counts.down, fleet.down.length) - ordered.length;
  return {
    ordered,
    waiting,
    ...(held && { held }),
    ...(blind && { blind }),
    counts,
    repairing,
    degraded,
    strays,
  };
};

/** @returns the slugs of those whose rows are still as the survey saw them */
const order = async (wanted: DownTenant[], deps: JudgeFleetDeps): Promise<string[]> => {
  const ordered: string[] = [];
  for (const down of wanted) {
    const row = await unchangedRow(down, deps);
    if (row && (await deps.repairs.begin(row, down.reason))) ordered.push(down.slug);
  }
  return ordered;
};

/** Whole, for a survey does not tell everything of the repair before. */
const unchangedRow = async (
  { slug, generation, status, attempt }: DownTenant,
  { tenants, logger }: JudgeFleetDeps,
): Promise<Tenant | undefined> => {
  try {
    const row = await tenants.get(slug);
    const seen = row?.generation === generation && row.status === status;
    return seen && (row.repair?.attempt ?? 0) === attempt ? row : undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    logger.warn("a row does not fit its schema and is left alone", { slug, error });
    return undefined;
  }
};
