// Sums up what a sweep found on one page of the fleet. Pure; names only those that need something.
import {
  type DownTenant,
  MOST_DOWN,
  MOST_UNFINISHED,
  RECENT,
  type Survey,
  type Unfinished,
} from "../../core/fleet/survey.ts";
import { wasHealthySince } from "../../core/repair/was-healthy-since.ts";
import { queuedWorkflowNames } from "../../core/tenant/queue.ts";
import { healthStates } from "../../core/tenant/tenant.ts";
import { isAtWork } from "../../core/workflow/workflows.ts";
import type { FleetRow, TunnelFact } from "./facts.ts";
import type { Judgement } from "./health-change.ts";
import type { Subject } from "./select-probes.ts";

export type Judged = Subject & { judgement: Judgement };

type Summary = Omit<Survey, "page" | "pages" | "at" | "cloudflare" | "aws" | "strays">;

/** Words of a cause go into a workflow's state, of which a survey may take only so much. */
const LONGEST_REASON = 200;

/** @param share how many pages share what a workflow's state holds */
export const summarise = (judged: Judged[], others: FleetRow[], at: string, share: number): Summary => ({
  counts: tally(
    judged.map(({ judgement }) => judgement.health.state),
    healthStates,
  ),
  judged: judged.length,
  degraded: judged.filter(({ judgement }) => judgement.status === "degraded").length,
  repairing: others.filter(({ status }) => status === "repairing").length,
  queued: others.filter(({ queue }) => queue).length,
  left: others.filter(({ status, failure }) => status === "failed" && failure?.left === "resources").length,
  bad: badOf(judged.filter(({ judgement }) => judgement.isBad)),
  recent: recentOf(judged, Date.parse(at)),
  down: downOf(judged, at).slice(0, partOf(MOST_DOWN, share)),
  unfinished: [...others.filter(({ queue }) => !queue), ...firstQueued(others)]
    .flatMap(asUnfinished)
    .sort(byTime(({ updatedAt }) => updatedAt))
    .slice(0, partOf(MOST_UNFINISHED, share)),
  oldestUnhealthySeconds: oldest(judged, Date.parse(at)),
  connections: judged.reduce((sum, { facts: { tunnel } }) => sum + connectionsOf(tunnel), 0),
});

const partOf = (most: number, share: number): number => Math.ceil(most / share);

const tally = <Key extends string>(found: Key[], keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, found.filter((one) => one === key).length])) as Record<
    Key,
    number
  >;

const badOf = (bad: Judged[]): Survey["bad"] => {
  const causes = bad.flatMap(({ judgement }) => judgement.health.cause ?? []);
  const zones = bad.map(zoneOf);
  return {
    total: bad.length,
    byCause: tally(causes, [...new Set(causes)]),
    byZone: tally(zones, [...new Set(zones)]),
    newest: bad
      .map(({ judgement }) => judgement.health.since)
      .toSorted()
      .at(-1),
  };
};

const recentOf = (judged: Judged[], now: number): Survey["recent"] => {
  const ended = judged.filter(({ row }) => row.repair && now - Date.parse(row.repair.startedAt) < RECENT);
  const failed = ended.filter(
    ({ row: { repair }, judgement }) =>
      repair?.failures !== 0 && !isHealthy(judgement) && !wasHealthySince(repair, judgement.health),
  );
  const proved = ended.filter(({ row, judgement }) => row.repair?.failures === 0 && isHealthy(judgement));
  return { proved: proved.length, failed: failed.length };
};

const isHealthy = ({ health }: Judgement): boolean => health.state === "healthy";

const zoneOf = ({ row, facts: { instance } }: Judged): string =>
  (typeof instance === "object" && instance.zone) || row.resources.availabilityZone || "unknown";

/** Those that a repair may begin for come first: the list may be shorter than all that are down. */
const downOf = (judged: Judged[], at: string): DownTenant[] => {
  const down = judged.filter(({ judgement }) => judgement.needsRepair).map(asDown);
  const isDue = ({ notBefore = "" }: DownTenant): boolean => Date.parse(notBefore || at) <= Date.parse(at);
  const longestFirst = down.sort(byTime(({ since }) => since));
  return [...longestFirst.filter(isDue), ...longestFirst.filter((tenant) => !isDue(tenant))];
};

const asDown = ({ row, judgement: { health, status } }: Judged): DownTenant => ({
  slug: row.slug,
  generation: row.generation,
  status,
  cause: health.cause ?? "silent",
  reason: (health.reason ?? "").slice(0, LONGEST_REASON),
  since: health.since,
  attempt: row.repair?.attempt ?? 0,
  failures: row.repair?.failures ?? 0,
  notBefore: row.repair?.notBefore,
});

/** One of each queue is enough for a look at it. */
const firstQueued = (rows: FleetRow[]): FleetRow[] =>
  queuedWorkflowNames.flatMap((name) =>
    rows
      .filter(({ queue }) => queue === name)
      .toSorted(byTime(({ queuedAt = "" }) => queuedAt))
      .slice(0, 1),
  );

const asUnfinished = ({
  slug,
  generation,
  status,
  updatedAt,
  deletions,
  repair,
  queue,
}: FleetRow): Unfinished[] =>
  isAtWork(status)
    ? [
        {
          slug,
          generation,
          status,
          updatedAt,
          deletions,
          attempt: repair?.attempt ?? 0,
          resumed: repair?.resumed ?? 0,
          ...(queue && { queue }),
        },
      ]
    : [];

/** The oldest first; by slug where many changed in one sweep, whatever order they were read in. */
const byTime =
  <T extends { slug: string }>(timeOf: (one: T) => string) =>
  (one: T, other: T): number =>
    Date.parse(timeOf(one)) - Date.parse(timeOf(other)) || (one.slug < other.slug ? -1 : 1);

/** What is merely not known to be healthy does not count. */
const oldest = (judged: Judged[], now: number): number => {
  const unhealthy = judged
    .map(({ judgement }) => judgement.health)
    .filter(({ state, badSweeps }) => badSweeps > 0 || !["healthy", "unknown"].includes(state));
  const since = unhealthy.map((health) => Date.parse(health.healthyUntil ?? health.since));
  return Math.max(0, ...since.map((time) => (now - time) / 1_000));
};

const connectionsOf = (tunnel: TunnelFact): number => (typeof tunnel === "object" ? tunnel.connections : 0);
