// Sets what this sweep found against what the sweeps before found: one bad sweep is a suspicion, two make a tenant down,
// and what could not be seen changes neither; but silence is not health, and when it lasts, a person is told. Pure, and
// stable: the same facts again and again soon change nothing.
import { TenantSilentError } from "../../core/errors.ts";
import { LONGEST_START_MINUTES } from "../../core/machine/first-answer.ts";
import { failureFrom, type TenantFailure } from "../../core/tenant/failure.ts";
import type { TenantHealth } from "../../core/tenant/tenant.ts";
import type { Classification } from "./classify.ts";
import type { JudgedRow } from "./facts.ts";

/** Bad sweeps in a row that make a tenant down; not counted beyond, or every sweep would write every row again. */
const BAD_ENOUGH = 2;

export interface Judgement {
  health: TenantHealth;
  /** what the row will say: "degraded" → "ready" by an answer, "ready" → "degraded" by lasting silence */
  status: JudgedRow["status"];
  /** why it is degraded now, and was not before */
  failure?: TenantFailure;
  /** whether row and judgement differ */
  changed: boolean;
  /** not served in this sweep */
  isBad: boolean;
  /** down, and seen so in this sweep, or left half replaced: a repair is called for */
  needsRepair: boolean;
}

/** What of a health counts as a change when it differs; its words alone do not. */
type NewHealth = Pick<TenantHealth, "state" | "cause" | "reason" | "badSweeps" | "countedAt">;

/**
 * @param at the sweep's time, ISO 8601
 * @param silenceSeconds how long a tenant may be unknown; Infinity while so much of the fleet is that the guard's one
 *   alarm is enough
 */
export const judgeHealth = (
  row: JudgedRow,
  seen: Classification,
  at: string,
  silenceSeconds: number,
): Judgement => {
  const finding = inTime(seen, row.health, at);
  const isBad = finding.kind === "bad";
  const isHalfReplaced =
    finding.kind === "served" && !finding.blind && (row.repair?.replaces?.length ?? 0) > 0;
  const found = isHalfReplaced ? halfReplaced : newHealth(row, finding, at);
  const health = found && {
    ...dated(found, row.health, at),
    ...(seen.kind === "starting" && { startingSince: row.health?.startingSince ?? at }),
  };
  if (health && finding.kind === "unknown" && secondsSince(health.since, at) >= silenceSeconds)
    return silent(row, health, at);
  if (!health)
    return { health: before(row, at), status: row.status, changed: false, isBad, needsRepair: false };
  const isRecovered = row.status === "degraded" && finding.kind === "served" && health.state === "healthy";
  return {
    health,
    status: isRecovered ? "ready" : row.status,
    changed: isRecovered || differs(health, row.health),
    isBad,
    needsRepair: (isBad && health.state === "down") || isHalfReplaced || isLasting(finding, row.health),
  };
};

/** What starts for ever does not start. */
const inTime = (seen: Classification, health: TenantHealth | undefined, at: string): Classification => {
  if (seen.kind !== "starting" || !health?.startingSince) return seen;
  if (secondsSince(health.startingSince, at) < LONGEST_START_MINUTES * 60) return seen;
  return { kind: "bad", cause: "origin", reason: `${seen.reason}, since ${health.startingSince}` };
};

const secondsSince = (since: string, at: string): number => (Date.parse(at) - Date.parse(since)) / 1_000;

const silent = (row: JudgedRow, seen: TenantHealth, at: string): Judgement => {
  const health: TenantHealth = { ...seen, cause: "silence" };
  const told = new TenantSilentError(`Nothing is known of it since ${health.since}: ${seen.reason}.`);
  return {
    health,
    status: "degraded",
    ...(row.status === "ready" && { failure: failureFrom("Survey Fleet", told, at) }),
    changed: row.status === "ready" || differs(health, row.health),
    isBad: false,
    needsRepair: false,
  };
};

/** What was changed by hand is put back when a second sweep sees it too. */
const isLasting = (finding: Classification, health: TenantHealth | undefined): boolean =>
  finding.kind === "served" && finding.cause === "drift" && health?.cause === "drift";

/** Served by the new machine while the old one is still there: only a repair takes it away. */
const halfReplaced: NewHealth = {
  state: "degraded",
  cause: "missing",
  reason: "the replacement of its instance was begun and not finished",
  badSweeps: 0,
};

/** Undefined: as it was, for nobody looked. */
const newHealth = (
  { status, health }: JudgedRow,
  finding: Classification,
  at: string,
): NewHealth | undefined => {
  const badSweeps = health?.badSweeps ?? 0;
  if (finding.kind === "bad") {
    const { cause, reason } = finding;
    const isCounted = health?.countedAt === at;
    const count = finding.final ? BAD_ENOUGH : Math.min(isCounted ? badSweeps : badSweeps + 1, BAD_ENOUGH);
    const state = count >= BAD_ENOUGH ? "down" : (health?.state ?? "unknown");
    return { state, cause, reason, badSweeps: count, countedAt: at };
  }
  if (finding.kind === "unknown") return { state: "unknown", reason: finding.reason, badSweeps };
  if (finding.kind === "starting") return { state: "starting", reason: finding.reason, badSweeps: 0 };
  if (finding.kind === "trusted" && !isTrustworthy(status, health)) return undefined;
  const { cause, reason } = finding;
  return { state: cause ? "degraded" : "healthy", cause, reason, badSweeps: 0 };
};

/** A tenant that was not well gets well by an answer, not by a sweep that did not ask. */
const isTrustworthy = (status: JudgedRow["status"], health: TenantHealth | undefined): boolean =>
  status === "ready" &&
  (!health || health.state === "healthy" || health.cause === "connections") &&
  (health?.badSweeps ?? 0) === 0;

const dated = (found: NewHealth, old: TenantHealth | undefined, at: string): TenantHealth => {
  const isWell = found.state === "healthy" && found.badSweeps === 0;
  return {
    ...found,
    since: old?.state === found.state ? old.since : at,
    ...(!isWell && { healthyUntil: old?.healthyUntil ?? at }),
  };
};

const differs = (health: TenantHealth, old: TenantHealth | undefined): boolean =>
  health.state !== old?.state || health.cause !== old.cause || health.badSweeps !== old.badSweeps;

const before = ({ health }: JudgedRow, at: string): TenantHealth =>
  health ?? { state: "unknown", since: at, badSweeps: 0 };
