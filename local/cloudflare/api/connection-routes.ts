// A tunnel's connections: who is connected, and cutting them off.
import type { FastifyInstance } from "fastify";
import type { CloudflareState } from "../state/state.ts";
import { success } from "./envelope.ts";
import { requireTunnel, type TunnelParams } from "./tunnel-routes.ts";
import { clientViews } from "./tunnel-view.ts";

export const connectionRoutes = (api: FastifyInstance, state: CloudflareState): void => {
  const path = "/accounts/:account_id/cfd_tunnel/:tunnel_id/connections";

  api.get<{ Params: TunnelParams }>(path, ({ access, params }) => {
    access.account(params.account_id, "Cloudflare Tunnel Read");
    return success(clientViews(state.connectionsOf(requireTunnel(state, params).id)));
  });

  api.delete<{ Params: TunnelParams; Querystring: { client_id?: string } }>(
    path,
    ({ access, params, query }) => {
      access.account(params.account_id, "Cloudflare Tunnel Write");
      const connections = state.connectionsOf(requireTunnel(state, params).id);
      const meant = connections.filter(
        ({ clientId }) => query.client_id === undefined || clientId === query.client_id,
      );
      for (const connection of meant) connection.drop();
      return success(null);
    },
  );
};
