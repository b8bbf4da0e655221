// Tunnels: create, list, get, patch, delete, token.
import { randomBytes, randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import type { Tunnel } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { paginate, readBody, success } from "./envelope.ts";
import {
  couldNotRoute,
  invalidTunnelRequest,
  tunnelHasConnections,
  tunnelNameTaken,
  tunnelNotFound,
} from "./errors.ts";
import { matchesFilters } from "./tunnel-filters.ts";
import { credentialsFile, tunnelToken, tunnelView } from "./tunnel-view.ts";

const LIMITS = { defaultSize: 20, maxSize: 1000 };
const MIN_SECRET_BYTES = 32;

const name = z
  .string()
  .min(1)
  .refine((value) => !z.guid().safeParse(value).success, "a UUID cannot be the name of a tunnel");
const secret = z.base64().refine((value) => Buffer.from(value, "base64").length >= MIN_SECRET_BYTES, {
  error: `the secret must be base64 of at least ${MIN_SECRET_BYTES} bytes`,
});
const creation = z.object({
  name,
  config_src: z.enum(["local", "cloudflare"]).default("local"),
  tunnel_secret: secret.optional(),
});
const change = z.object({ name: name.optional(), tunnel_secret: secret.optional() });

export interface TunnelParams {
  account_id: string;
  tunnel_id: string;
}

/** @throws ApiError for an id that is none, or no tunnel's, or a deleted tunnel's */
export const requireTunnel = (state: CloudflareState, { account_id, tunnel_id }: TunnelParams): Tunnel => {
  if (!z.guid().safeParse(tunnel_id).success) {
    throw couldNotRoute(`/client/v4/accounts/${account_id}/cfd_tunnel/${tunnel_id}`);
  }
  const tunnel = state.liveTunnel(tunnel_id);
  if (!tunnel) throw tunnelNotFound();
  return tunnel;
};

const nameIsTaken = (state: CloudflareState, wanted: string, self?: Tunnel): boolean =>
  [...state.tunnels.values()].some(
    (tunnel) => tunnel.name === wanted && tunnel.deletedAt === null && tunnel !== self,
  );

export const newTunnel = (body: z.infer<typeof creation>): Tunnel => {
  const createdAt = new Date().toISOString();
  return {
    id: randomUUID(),
    name: body.name,
    configSource: body.config_src,
    secret: body.tunnel_secret ?? randomBytes(MIN_SECRET_BYTES).toString("base64"),
    createdAt,
    deletedAt: null,
    connectedAt: null,
    disconnectedAt: null,
    configuration: { version: 0, config: null, createdAt },
    history: new Map(),
  };
};

export const tunnelRoutes = (api: FastifyInstance, state: CloudflareState): void => {
  const collection = "/accounts/:account_id/cfd_tunnel";

  api.post<{ Params: TunnelParams }>(collection, ({ access, params, body }) => {
    access.account(params.account_id, "Cloudflare Tunnel Write");
    const wanted = readBody(creation, body, invalidTunnelRequest);
    if (nameIsTaken(state, wanted.name)) throw tunnelNameTaken();
    const tunnel = newTunnel(wanted);
    state.tunnels.set(tunnel.id, tunnel);
    return success({
      ...tunnelView(state, tunnel),
      token: tunnelToken(state, tunnel),
      credentials_file: credentialsFile(state, tunnel),
    });
  });

  api.get<{ Params: TunnelParams; Querystring: Record<string, string> }>(
    collection,
    ({ access, params, query }) => {
      access.account(params.account_id, "Cloudflare Tunnel Read");
      const found = [...state.tunnels.values()].filter((tunnel) => matchesFilters(state, tunnel, query));
      const views = found.map((tunnel) => tunnelView(state, tunnel));
      return paginate(views, query, LIMITS, invalidTunnelRequest);
    },
  );

  // A deleted tunnel can still be read, with `deleted_at` set: cloudflared's own delete command relies on it.
  api.get<{ Params: TunnelParams }>(`${collection}/:tunnel_id`, ({ access, params }) => {
    access.account(params.account_id, "Cloudflare Tunnel Read");
    const tunnel = state.tunnels.get(params.tunnel_id) ?? requireTunnel(state, params);
    return success(tunnelView(state, tunnel));
  });

  api.patch<{ Params: TunnelParams }>(`${collection}/:tunnel_id`, ({ access, params, body }) => {
    access.account(params.account_id, "Cloudflare Tunnel Write");
    const tunnel = requireTunnel(state, params);
    const wanted = readBody(change, body, invalidTunnelRequest);
    if (wanted.name !== undefined && nameIsTaken(state, wanted.name, tunnel)) throw tunnelNameTaken();
    tunnel.name = wanted.name ?? tunnel.name;
    tunnel.secret = wanted.tunnel_secret ?? tunnel.secret;
    return success(tunnelView(state, tunnel));
  });

  api.delete<{ Params: TunnelParams; Querystring: { cascade?: string } }>(
    `${collection}/:tunnel_id`,
    ({ access, params, query }) => {
      access.account(params.account_id, "Cloudflare Tunnel Write");
      const tunnel = requireTunnel(state, params);
      const connections = state.connectionsOf(tunnel.id);
      if (connections.length > 0 && query.cascade !== "true") throw tunnelHasConnections();
      tunnel.deletedAt = new Date().toISOString();
      for (const connection of connections) connection.drop();
      return success(tunnelView(state, tunnel));
    },
  );

  api.get<{ Params: TunnelParams }>(`${collection}/:tunnel_id/token`, ({ access, params }) => {
    access.account(params.account_id, "Cloudflare Tunnel Write");
    return success(tunnelToken(state, requireTunnel(state, params)));
  });
};
