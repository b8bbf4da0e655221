// Surveys and down tenants for tests.
import type { DownTenant, Survey } from "../../core/fleet/survey.ts";
import { incarnation } from "./sample.ts";

export const downTenant = (slug: string, changes: Partial<DownTenant> = {}): DownTenant => ({
  slug,
  generation: incarnation.generation,
  status: "ready",
  cause: "connector",
  reason: "530",
  since: "2026-11-22T11:00:00.000Z",
  attempt: 0,
  failures: 0,
  ...changes,
});

/** Of a fleet of 100 healthy tenants, but for the changes. */
export const surveyOf = (changes: Partial<Survey> = {}): Survey => ({
  page: 0,
  pages: 1,
  at: "2026-11-22T12:00:00.000Z",
  counts: { healthy: 100, degraded: 0, down: 0, starting: 0, unknown: 0 },
  judged: 100,
  degraded: 0,
  repairing: 0,
  queued: 0,
  left: 0,
  down: [],
  unfinished: [],
  bad: { total: 0, byCause: {}, byZone: {} },
  recent: { proved: 0, failed: 0 },
  oldestUnhealthySeconds: 0,
  connections: 400,
  cloudflare: { calls: 1 },
  aws: {},
  strays: [],
  ...changes,
});
