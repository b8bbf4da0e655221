// A tenant as the API shows it, field by field: what the row gains some day stays inside until it is named here.
import type * as z from "zod";
import { adviceFor } from "../../core/advice.ts";
import type { TenantFailure } from "../../core/tenant/failure.ts";
import { hostname } from "../../core/tenant/names.ts";
import { progress } from "../../core/tenant/steps.ts";
import type { Tenant, TenantHealth, TenantRepair } from "../../core/tenant/tenant.ts";
import type { tenantBody } from "./contract/tenant-body.ts";
import type { Place } from "./places.ts";

export type TenantView = z.output<typeof tenantBody>;
type FailureView = NonNullable<TenantView["failure"]>;
type HealthView = NonNullable<TenantView["health"]>;
type RepairView = NonNullable<TenantView["repair"]>;

export const tenantView = (row: Tenant, baseDomain: string, place?: Place): TenantView => {
  const underWay = row.queue ? undefined : progress(row);
  return {
    slug: row.slug,
    hostname: hostname(row.slug, baseDomain),
    status: row.status,
    ...(row.displayName && { displayName: row.displayName }),
    ...(row.owner && { owner: row.owner }),
    ...(row.labels && { labels: row.labels }),
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
