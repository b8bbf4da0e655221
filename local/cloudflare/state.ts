// The one in-memory state that the API changes and the edge serves from, as Cloudflare's two sides share theirs.
import { EventEmitter } from "node:events";
import { type ConnectionHistory, forget, remember } from "./tunnel-status.ts";

/** What `PUT …/configurations` takes; handed to the connectors as it came. */
export interface TunnelConfig {
  ingress?: { hostname?: string | undefined; path?: string | undefined; service: string }[] | undefined;
  [key: string]: unknown;
}

export interface Tunnel {
  id: string;
  name: string;
  configSource: "local" | "cloudflare";
  /** base64 */
  secret: string;
  createdAt: string;
  deletedAt: string | null;
  connectedAt: string | null;
  disconnectedAt: string | null;
  /** Version 0 has never been configured. */
  configuration: { version: number; config: TunnelConfig | null; createdAt: string };
  history: ConnectionHistory;
}

export interface DnsRecord {
  id: string;
  type: "A" | "AAAA" | "CNAME" | "TXT";
  /** Complete name, lower case. */
  name: string;
  content: string;
  /** Seconds; 1 is automatic. */
  ttl: number;
  proxied: boolean;
  comment: string | null;
  createdAt: string;
  modifiedAt: string;
}

/** One registered connection of a connector; `cloudflared` opens several. */
export interface ConnectorConnection {
  readonly id: string;
  readonly tunnelId: string;
  readonly clientId: string;
  readonly connIndex: number;
  readonly version: string;
  readonly arch: string;
  readonly features: readonly string[];
  readonly originIp: string;
  readonly openedAt: string;
  /** Version of the remote configuration that the connector said it applied; -1 before the first. */
  readonly configVersion: number;
  pushConfiguration(configuration: Tunnel["configuration"]): void;
  /** Cuts it off without leave; the connector reconnects as long as its tunnel exists. */
  drop(): void;
}

export interface Zone {
  id: string;
  name: string;
}

export class CloudflareState {
  readonly accountId: string;
  readonly zone: Zone;
  readonly tunnels = new Map<string, Tunnel>();
  readonly records = new Map<string, DnsRecord>();
  readonly connections = new Map<string, ConnectorConnection>();
  /** The same by tunnel: listings of ten thousand tunnels ask for each. */
  readonly #byTunnel = new Map<string, Set<ConnectorConnection>>();
  /** "connected" and "disconnected", each with the tunnel's id. */
  readonly events = new EventEmitter<{ connected: [tunnelId: string]; disconnected: [tunnelId: string] }>();

  constructor(accountId: string, zone: Zone) {
    this.accountId = accountId;
    this.zone = zone;
  }

  /** The tunnel if it exists and was not deleted. */
  liveTunnel(id: string): Tunnel | undefined {
    const tunnel = this.tunnels.get(id);
    return tunnel?.deletedAt === null ? tunnel : undefined;
  }

  connectionsOf = (tunnelId: string): ConnectorConnection[] => [...(this.#byTunnel.get(tunnelId) ?? [])];

  /** A connector that registers a place again takes it over from the connection it lost. */
  addConnection(connection: ConnectorConnection): void {
    const tunnel = this.tunnels.get(connection.tunnelId);
    if (!tunnel) return;
    const { clientId, connIndex } = connection;
    const former = this.connectionsOf(tunnel.id).find(
      (other) => other.clientId === clientId && other.connIndex === connIndex,
    );
    former?.drop();
    this.connections.set(connection.id, connection);
    this.#byTunnel.set(tunnel.id, (this.#byTunnel.get(tunnel.id) ?? new Set()).add(connection));
    remember(tunnel.history, connection);
    tunnel.connectedAt ??= connection.openedAt;
    tunnel.disconnectedAt = null;
    this.events.emit("connected", tunnel.id);
  }

  removeConnection(id: string): void {
    const connection = this.connections.get(id);
    if (!connection) return;
    this.connections.delete(id);
    const tunnel = this.tunnels.get(connection.tunnelId);
    this.#byTunnel.get(connection.tunnelId)?.delete(connection);
    const remaining = this.connectionsOf(connection.tunnelId);
    if (tunnel) {
      forget(tunnel.history, connection, remaining);
      if (remaining.length === 0) tunnel.disconnectedAt = new Date().toISOString();
    }
    this.events.emit("disconnected", connection.tunnelId);
  }

  reset(): void {
    for (const connection of [...this.connections.values()]) connection.drop();
    this.tunnels.clear();
    this.records.clear();
  }
}
