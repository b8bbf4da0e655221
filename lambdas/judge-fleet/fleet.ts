// The pages of a sweep added up to one fleet. Pure.
import type { DownTenant, Survey } from "../../core/fleet/survey.ts";
import type { HealthCause, HealthState } from "../../core/tenant/tenant.ts";

export interface Fleet {
  counts: Record<HealthState, number>;
  judged: number;
  degraded: number;
  repairing: number;
  queued: number;
  left: number;
  bad: {
    total: number;
    byCause: Partial<Record<HealthCause, number>>;
    byZone: Record<string, number>;
    newest: string | undefined;
  };
  recent: Survey["recent"];
  down: DownTenant[];
  oldestUnhealthySeconds: number;
  connections: number;
  strays: string[];
  /** what the surveys could not ask or write, in words, each once */
  troubles: string[];
  calls: number;
  /** 0 to 1; the least that any page saw */
  quotaLeft: number | undefined;
}

export const fleetOf = (surveys: Survey[]): Fleet => {
  const total = (of: (survey: Survey) => number): number => surveys.reduce((sum, one) => sum + of(one), 0);
  const quotas = surveys.flatMap(({ cloudflare }) => cloudflare.quotaLeft ?? []);
  return {
    counts: added(
      { healthy: 0, degraded: 0, down: 0, starting: 0, unknown: 0 },
      surveys.map(({ counts }) => counts),
    ),
    judged: total(({ judged }) => judged),
    degraded: total(({ degraded }) => degraded),
    repairing: total(({ repairing }) => repairing),
    queued: total(({ queued }) => queued),
    left: total(({ left }) => left),
    bad: {
      total: total(({ bad }) => bad.total),
      byCause: added<Fleet["bad"]["byCause"]>(
        {},
        surveys.map(({ bad }) => bad.byCause),
      ),
      byZone: added<Fleet["bad"]["byZone"]>(
        {},
        surveys.map(({ bad }) => bad.byZone),
      ),
      newest: surveys
        .flatMap(({ bad }) => bad.newest ?? [])
        .toSorted()
        .at(-1),
    },
    recent: { proved: total(({ recent }) => recent.proved), failed: total(({ recent }) => recent.failed) },
    down: surveys.flatMap(({ down }) => down),
    oldestUnhealthySeconds: Math.max(0, ...surveys.map((one) => one.oldestUnhealthySeconds)),
    connections: total(({ connections }) => connections),
    strays: surveys.flatMap(({ strays }) => strays),
    troubles: [
      ...new Set(
        surveys.flatMap(({ cloudflare, aws }) => [cloudflare.trouble ?? [], aws.trouble ?? []].flat()),
      ),
    ],
    calls: total(({ cloudflare }) => cloudflare.calls),
    quotaLeft: quotas.length > 0 ? Math.min(...quotas) : undefined,
  };
};

const added = <Counts extends Partial<Record<string, number>>>(start: Counts, all: Counts[]): Counts => {
  const sums: Record<string, number> = {};
  for (const [key, count = 0] of [start, ...all].flatMap((one) => Object.entries(one))) {
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums as Counts;
};
