// A tenant as the API shows it, field by field: what the row gains some day stays inside until it is named here.
import { adviceFor } from "../../core/advice.ts";
import type { TenantFailure } from "../../core/tenant/failure.ts";
import { hostname } from "../../core/tenant/names.ts";
import type { TenantStatus } from "../../core/tenant/status.ts";
import { type Progress, progress } from "../../core/tenant/steps.ts";
import type { Tenant, TenantHealth, TenantRepair } from "../../core/tenant/tenant.ts";
import type { Place } from "./places.ts";

export interface TenantView {
  slug: string;
  hostname: string;
  status: TenantStatus;
  /** while its workflow waits for its turn */
  queued?: QueuedView;
  /** while a workflow is under way */
  progress?: Progress;
  failure?: FailureView;
  /** what the sweeps see; not there before the first one */
  health?: HealthView;
  /** the repair under way, or the last one */
  repair?: RepairView;
  createdAt: string;
  updatedAt: string;
}

type FailureView = Pick<TenantFailure, "step" | "error" | "reason" | "at" | "lastWords"> & { advice: string };
type HealthView = Pick<TenantHealth, "state" | "cause" | "reason" | "since">;
/** `place` is from 1, and of as many as wait for the same; not there for a moment after it was queued */
type QueuedView = Partial<Place> & { since: string };
type RepairView = Pick<TenantRepair, "attempt" | "reason" | "startedAt" | "rung" | "notBefore">;

export const tenantView = (row: Tenant, baseDomain: string, place?: Place): TenantView => {
  const underWay = row.queue ? undefined : progress(row);
  return {
    slug: row.slug,
    hostname: hostname(row.slug, baseDomain),
    status: row.status,
    ...(row.queue && { queued: { ...place, since: row.queuedAt ?? row.updatedAt } }),
    ...(underWay && { progress: underWay }),
    ...(row.failure && { failure: failureView(row.failure, row.slug) }),
    ...(row.health && { health: healthView(row.health) }),
    ...(row.repair && { repair: repairView(row.repair) }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
};

const failureView = (failure: TenantFailure, slug: string): FailureView => ({
  step: failure.step,
  error: failure.error,
  reason: failure.reason,
  advice: adviceFor(failure, slug),
  at: failure.at,
  ...(failure.lastWords && { lastWords: failure.lastWords }),
});

const healthView = ({ state, cause, reason, since }: TenantHealth): HealthView => ({
  state,
  ...(cause && { cause }),
  ...(reason && { reason }),
  since,
});

const repairView = ({ attempt, reason, startedAt, rung, notBefore }: TenantRepair): RepairView => ({
  attempt,
  reason,
  startedAt,
  ...(rung && { rung }),
  ...(notBefore && { notBefore }),
});
