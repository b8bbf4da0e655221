// The API's successful answers.
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { tenantView } from "./tenant-view.ts";

type Response = APIGatewayProxyStructuredResultV2;

export const json = (statusCode: number, body: object, headers: Record<string, string> = {}): Response => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
  body: JSON.stringify(body),
});

/** The work goes on; Location is where to watch it. */
export const accepted = (row: Tenant): Response =>
  json(202, tenantView(row), { location: `/tenants/${row.slug}` });
