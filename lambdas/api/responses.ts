// The API's successful answers.
import type { ApiResponse } from "./route.ts";
import type { TenantView } from "./tenant-view.ts";

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
export const accepted = (view: TenantView): ApiResponse =>
  json(202, view, { location: `/tenants/${view.slug}` });
