// A tenant as the API shows it, field by field: what the row gains some day stays inside until it is named here.
import { type Progress, progress } from "../common/steps.ts";
import type { Tenant, TenantFailure, TenantStatus } from "../common/tenant.ts";

export interface TenantView {
  slug: string;
  hostname: string;
  status: TenantStatus;
  /** while a workflow is under way */
  progress?: Progress;
  failure?: TenantFailure;
  createdAt: string;
  updatedAt: string;
}

export const tenantView = (row: Tenant): TenantView => {
  const underWay = progress(row);
  return {
    slug: row.slug,
    hostname: row.hostname,
    status: row.status,
    ...(underWay && { progress: underWay }),
    ...(row.failure && { failure: failureView(row.failure) }),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
};

const failureView = ({ step, error, reason, advice, at }: TenantFailure): TenantFailure => ({
  step,
  error,
  reason,
  advice,
  at,
});
