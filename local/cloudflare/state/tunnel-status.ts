// A tunnel's status in Cloudflare's words. Cloudflare expects four connections of a connector; here a connector
// is whole when it has every connection that it ever opened, because one local address gives only one.
import type { ConnectionHistory, ConnectorConnection, Tunnel } from "./model.ts";

export type TunnelStatus = "inactive" | "degraded" | "healthy" | "down";

export const remember = (history: ConnectionHistory, connection: ConnectorConnection): void => {
  const indexes = history.get(connection.clientId) ?? new Set();
  history.set(connection.clientId, indexes.add(connection.connIndex));
};

/** A connector that is gone altogether is not a failed connection of the ones that remain. */
export const forget = (
  history: ConnectionHistory,
  connection: ConnectorConnection,
  remaining: readonly ConnectorConnection[],
): void => {
  if (!remaining.some((other) => other.clientId === connection.clientId)) history.delete(connection.clientId);
};

export const tunnelStatus = (tunnel: Tunnel, connections: readonly ConnectorConnection[]): TunnelStatus => {
  if (connections.length === 0) return tunnel.connectedAt === null ? "inactive" : "down";
  const expected = [...tunnel.history.values()].reduce((sum, indexes) => sum + indexes.size, 0);
  return connections.length < expected ? "degraded" : "healthy";
};
