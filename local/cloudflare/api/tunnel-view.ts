// Tunnels and connections as the API shows them. The secret is in none of them but the answer to a create.
import type { ConnectorConnection, Tunnel } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { tunnelStatus } from "../state/tunnel-status.ts";

const COLO = "LCL";

export const tunnelView = (state: CloudflareState, tunnel: Tunnel) => {
  const connections = state.connectionsOf(tunnel.id);
  return {
    id: tunnel.id,
    account_tag: state.accountId,
    name: tunnel.name,
    created_at: tunnel.createdAt,
    deleted_at: tunnel.deletedAt,
    connections: connections.map(connectionView),
    conns_active_at: tunnel.disconnectedAt === null ? tunnel.connectedAt : null,
    conns_inactive_at: tunnel.disconnectedAt,
    tun_type: "cfd_tunnel",
    metadata: {},
    status: tunnelStatus(tunnel, connections),
    remote_config: tunnel.configSource === "cloudflare",
    config_src: tunnel.configSource,
  };
};

const connectionView = (connection: ConnectorConnection) => ({
  id: connection.id,
  uuid: connection.id,
  client_id: connection.clientId,
  client_version: connection.version,
  colo_name: COLO,
  is_pending_reconnect: false,
  origin_ip: connection.originIp,
  opened_at: connection.openedAt,
});

/** Connectors, each with its connections. */
export const clientViews = (connections: readonly ConnectorConnection[]) => {
  const clients = Map.groupBy(connections, ({ clientId }) => clientId);
  return [...clients].map(([id, own]) => ({
    id,
    version: own[0]?.version,
    arch: own[0]?.arch,
    features: own[0]?.features,
    run_at: own[0]?.openedAt,
    config_version: Math.max(...own.map(({ configVersion }) => configVersion)),
    conns: own.map(connectionView),
  }));
};

/** What `cloudflared` takes as a token; source: connection.TunnelToken of cloudflared 2026.8.2. */
export const tunnelToken = (state: CloudflareState, { id, secret }: Tunnel): string =>
  Buffer.from(JSON.stringify({ a: state.accountId, t: id, s: secret })).toString("base64");

export const credentialsFile = (state: CloudflareState, { id, name, secret }: Tunnel) => ({
  AccountTag: state.accountId,
  TunnelID: id,
  TunnelName: name,
  TunnelSecret: secret,
});
