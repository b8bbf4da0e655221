// The one in-memory state that the API changes and the edge serves from, as Cloudflare's two sides share theirs.
import { EventEmitter } from "node:events";
import type { ConnectorConnection, DnsRecord, Tunnel, Zone } from "./model.ts";
import type { PlacedAnswer } from "./placed-answer.ts";
import { forget, remember } from "./tunnel-status.ts";

export class CloudflareState {
  readonly accountId: string;
  readonly zone: Zone;
  readonly tunnels = new Map<string, Tunnel>();
  readonly records = new Map<string, DnsRecord>();
  /** What answers instead of a hostname's tunnel. */
  readonly placed = new Map<string, PlacedAnswer>();
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
    this.placed.clear();
  }
}
