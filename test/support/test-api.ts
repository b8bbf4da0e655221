// The API over a Tenants table in a local AWS, called the way the HTTP API calls it.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { vi } from "vitest";
import { auditLog } from "../../core/audit/audit-log.ts";
import { auditTrail } from "../../core/audit/audit-trail.ts";
import { systemClock } from "../../core/clock.ts";
import { queueTable } from "../../core/queue/queue-table.ts";
import { slotStore } from "../../core/queue/slots.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { apiHandler } from "../../lambdas/api/api-handler.ts";
import { contracts } from "../../lambdas/api/contract/contract.ts";
import { type OperationName, operations } from "../../lambdas/api/operations.ts";
import { placesIn } from "../../lambdas/api/places.ts";
import { router } from "../../lambdas/api/routes.ts";
import { rowCreation } from "../../lambdas/api/row-creation.ts";
import { tenantRegistry } from "../../lambdas/api/tenant-registry.ts";
import { tableWithKey, tenantsTable } from "./tables.ts";
import { newTestAccount } from "./test-account.ts";

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

export interface Request {
  slug?: string;
  body?: unknown;
  /** Sent as it is, instead of `body` as JSON. */
  raw?: string;
  base64?: boolean;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** what it has found; without it, an IAM user */
  authorizer?: object;
  path?: string;
}

const event = (routeKey: string, request: Request): APIGatewayProxyEventV2 => {
  const [method = "", template = ""] = routeKey.split(" ");
  const path = request.path ?? template.replace("{slug}", request.slug ?? "");
  const text = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const http = { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" };
  const authorizer = request.authorizer ?? { iam: { userArn: "arn:aws:iam::000000000000:user/test" } };
  return {
    version: "2.0",
    routeKey: request.path ? "$default" : routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(request.query).toString(),
    headers: { ...(text !== undefined && { "content-type": "application/json" }), ...request.headers },
    isBase64Encoded: request.base64 ?? false,
    ...(text !== undefined && { body: text }),
    ...(request.slug !== undefined && { pathParameters: { slug: request.slug } }),
    ...(request.query && { queryStringParameters: request.query }),
    requestContext: { requestId: "request-1", http, authorizer },
  } as unknown as APIGatewayProxyEventV2;
};

/** What the API answers is what its description says. */
const expectDescribed = (routeKey: string, { status, body }: Answer): void => {
  const [name] = (Object.keys(operations) as OperationName[]).filter(
    (one) => `${operations[one].method} ${operations[one].path}` === routeKey,
  );
  const described = name && contracts[name].answers[status];
  if (!described) throw new Error(`${routeKey} answers ${status}, which its contract does not know`);
  described.body.parse(body);
};

const expiry = (key: unknown) =>
  new UpdateCommand({
    TableName: "idempotency",
    Key: { key },
    UpdateExpression: "SET expiresAt = :past",
    ExpressionAttributeValues: { ":past": Math.floor(Date.now() / 1000) - 1 },
  });

export const startTestApi = async () => {
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "true");
  const aws = newTestAccount();
  const dynamo = new DynamoDBClient(aws.client);
  await dynamo.send(tenantsTable("tenants"));
  await dynamo.send(tableWithKey("idempotency", "key"));
  await dynamo.send(tableWithKey("leases", "name"));
  await dynamo.send(tableWithKey("audit", "slug", "entry"));
  const client = DynamoDBDocumentClient.from(dynamo);
  const deps = {
    env: { BASE_DOMAIN: "example.test", RESERVED_SLUGS: ["www", "api"] },
    registry: tenantRegistry("tenants", { client }),
    createRow: rowCreation({ tenants: "tenants", idempotency: "idempotency" }, { client }),
    places: placesIn(queueTable("tenants", { client }), slotStore("leases", client)),
    trail: auditTrail("audit", client),
    clock: systemClock,
  };
  const handler = apiHandler("api", ({ logger }) => router(deps, logger));
  const context = { functionName: "api", awsRequestId: "r-1" } as never;

  return {
    call: async (routeKey: string, request: Request = {}): Promise<Answer> => {
      const { statusCode = 0, headers = {}, body = "{}" } = await handler(event(routeKey, request), context);
      const answer = { status: statusCode, headers, body: JSON.parse(body) };
      if (request.path === undefined) expectDescribed(routeKey, answer);
      return answer;
    },
    put: async (row: Tenant | Record<string, unknown>): Promise<void> => {
      await client.send(new PutCommand({ TableName: "tenants", Item: row }));
    },
    audit: auditLog("audit", client),
    /** What is left of a tenant once its removal has ended: nothing. */
    take: async (slug: string): Promise<void> => {
      await client.send(new DeleteCommand({ TableName: "tenants", Key: { slug } }));
    },
    /** Time to live deletes late: the records are still there. */
    expireKeys: async (): Promise<void> => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: "idempotency" }));
      for (const { key } of Items) await client.send(expiry(key));
    },
    rows: async (): Promise<Tenant[]> =>
      ((await client.send(new ScanCommand({ TableName: "tenants" }))).Items ?? []) as Tenant[],
    stop: () => void vi.unstubAllEnvs(),
  };
};
export type TestApi = Awaited<ReturnType<typeof startTestApi>>;
