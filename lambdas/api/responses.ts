// The API's successful answers.
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { Places } from "./places.ts";
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
export const accepted = async (row: Tenant, baseDomain: string, places: Places): Promise<ApiResponse> => {
  const place = (await places([row])).get(row.slug);
  return json(202, tenantView(row, baseDomain, place), { location: `/tenants/${row.slug}` });
};
