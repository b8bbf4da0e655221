// Gathers what Cloudflare and EC2 say about every row of a page. Rows come first, so that whatever they name existed
// before the others were asked; without rows there is no sweep, without one of the others much is unknown.
import type { Logger } from "@aws-lambda-powertools/logger";
import { isAwsError, namedAwsError } from "../../core/aws-sdk/aws-errors.ts";
import type { Clock } from "../../core/clock.ts";
import type { Survey } from "../../core/fleet/survey.ts";
import { type FleetRow, isJudged } from "./facts.ts";
import type { FleetInstances, InstanceReport } from "./fleet-instances.ts";
import type { FleetRows } from "./fleet-rows.ts";
import type { FleetTunnels } from "./fleet-tunnels.ts";
import type { Subject } from "./select-probes.ts";

export interface ObserveDeps {
  rows: Pick<FleetRows, "read">;
  tunnels: FleetTunnels;
  instances: FleetInstances;
  clock: Pick<Clock, "now">;
  logger: Pick<Logger, "warn">;
}

interface Observed {
  subjects: Subject[];
  /** rows that are not judged */
  others: FleetRow[];
  cloudflare: Survey["cloudflare"];
  /** why the instances are not known */
  trouble: string | undefined;
  /** ids of machines that no row names */
  strays: string[];
}

/** @param initials what the slugs begin with; without them, all */
export const observe = async (initials: string[] | undefined, deps: ObserveDeps): Promise<Observed> => {
  const { rows, unreadable } = await deps.rows.read(initials);
  if (unreadable.length > 0)
    deps.logger.warn("rows do not fit their schema and are left alone", { unreadable });
  const judged = rows.filter(isJudged);
  const [{ of: tunnelOf, ...cloudflare }, { of: instanceOf, strays, trouble }] = await Promise.all([
    deps.tunnels.read(judged, initials),
    readInstances(judged, initials, deps),
  ]);
  for (const one of [cloudflare.trouble, trouble]) if (one) deps.logger.warn(one);
  const subjects = judged.map((row) => ({
    row,
    facts: { tunnel: tunnelOf(row), instance: instanceOf(row), probe: undefined },
  }));
  const others = rows.filter((row) => !isJudged(row));
  // Of a row that cannot be read, nobody knows which machine is its own.
  const found = unreadable.length > 0 ? [] : strays(rows, deps.clock.now());
  if (found.length > 0) deps.logger.warn("machines belong to no row", { strays: found });
  return { subjects, others, cloudflare, trouble, strays: found };
};

const readInstances = async (
  rows: FleetRow[],
  initials: string[] | undefined,
  { instances }: ObserveDeps,
): Promise<InstanceReport & { trouble?: string }> => {
  try {
    return await instances.read(rows, initials);
  } catch (error) {
    const named = isAwsError(error) ? namedAwsError(error) : (error as Error);
    return { of: () => "unknown", strays: () => [], trouble: named.message };
  }
};
