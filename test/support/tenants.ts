// What the company's app and a visitor do, and how a test waits for it: for a condition, with a deadline.
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { vi } from "vitest";
import { WebSocket } from "ws";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { ApiAnswer } from "../../local/stage/api-client.ts";
import { type Answer, visit as request, type VisitOptions } from "../../local/start/visit.ts";
import { api, facts, output, tables } from "./stage.ts";

export const create = async (slug: string): Promise<ApiAnswer> => await api("POST", "/tenants", { slug });
export const remove = async (slug: string): Promise<ApiAnswer> =>
  await api("DELETE", `/tenants/${slug}`, { confirm: slug });

export const waiting = { timeout: 120_000, interval: 250 };

/** The tenant's view once its status is this. */
export const whenStatus = async (slug: string, status: string): Promise<ApiAnswer["body"]> =>
  await vi.waitFor(async () => {
    const { body } = await api("GET", `/tenants/${slug}`);
    if (body.status !== status) throw new Error(`${slug} is not ${status}: ${JSON.stringify(body)}`);
    return body;
  }, waiting);

/** The tenant's row as it is, and as the API does not show it. */
export const rowOf = async (slug: string): Promise<Tenant> => {
  const { Item } = await tables.send(
    new GetCommand({ TableName: output("TenantsTableName"), Key: { slug }, ConsistentRead: true }),
  );
  return Item as Tenant;
};

export const whenRowGone = async (slug: string): Promise<void> =>
  await vi.waitFor(async () => {
    const { status, body } = await api("GET", `/tenants/${slug}`);
    if (status !== 404) throw new Error(`${slug} is still there: ${JSON.stringify(body)}`);
  }, waiting);

export const visit = async (hostname: string, path: string, options?: VisitOptions): Promise<Answer> =>
  await request(facts.edgeUrl, hostname, path, options);

/** One message through the edge to the tenant's echo, and what came back. */
export const echo = (hostname: string, message: string): Promise<Record<string, string>> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${facts.edgeUrl.replace("http", "ws")}/echo`, {
      headers: { host: hostname },
    });
    socket.on("open", () => socket.send(message));
    socket.on("error", reject);
    socket.on("message", (data) => {
      socket.close();
      resolve(JSON.parse(data.toString()));
    });
  });
