// The filters of the tunnel listing.
import type { Tunnel } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { tunnelStatus } from "../state/tunnel-status.ts";

/** Deleted tunnels are left out unless asked for, as Cloudflare does since 2025-12-01. */
export const matchesFilters = (
  state: CloudflareState,
  tunnel: Tunnel,
  query: Record<string, string | undefined>,
): boolean => {
  const { name, include_prefix, exclude_prefix, is_deleted = "false", uuid, status } = query;
  return (
    (name === undefined || tunnel.name === name) &&
    (include_prefix === undefined || tunnel.name.startsWith(include_prefix)) &&
    (exclude_prefix === undefined || !tunnel.name.startsWith(exclude_prefix)) &&
    (tunnel.deletedAt !== null) === (is_deleted === "true") &&
    (uuid === undefined || tunnel.id === uuid) &&
    (status === undefined || tunnelStatus(tunnel, state.connectionsOf(tunnel.id)) === status)
  );
};
