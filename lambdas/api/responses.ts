// The API's successful answers.
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { ApiResponse } from "./route.ts";
import { tenantView } from "./tenant-view.ts";

export const json = (
  statusCode: number,
  body: object,
  headers: Record<string, string> = {},
): ApiResponse => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  body: JSON.stringify(body),
});

/** The work goes on; Location is where to watch it. */
export const accepted = (row: Tenant, baseDomain: string): ApiResponse =>
  json(202, tenantView(row, baseDomain), { location: `/tenants/${row.slug}` });
