// From a visitor's Host header to a connection of the tunnel's connector.
import type { CloudflareState } from "../state/state.ts";
import { EdgeConnection } from "./edge-connection.ts";
import { type EdgeError, noConnector, noRecord, notATunnel, unknownHost } from "./error-answers.ts";

const TUNNEL_DOMAIN = ".cfargotunnel.com";

export type Route = { connection: EdgeConnection } | { error: EdgeError };

/** Takes the connections of a tunnel in turn. */
export const createRouter = (state: CloudflareState): ((host: string | undefined) => Route) => {
  let turn = 0;
  return (host) => {
    const hostname = hostnameOf(host);
    const found = findTunnel(state, hostname);
    if (typeof found !== "string") return { error: found };
    const connections = state.connectionsOf(found).filter((one) => one instanceof EdgeConnection);
    const connection = connections[turn++ % Math.max(connections.length, 1)];
    return connection ? { connection } : { error: noConnector(hostname, found) };
  };
};

/** As DNS spells it, and without a port. */
export const hostnameOf = (host: string | undefined): string =>
  (host ?? "").replace(/:\d+$/, "").toLowerCase();

const findTunnel = (state: CloudflareState, hostname: string): string | EdgeError => {
  const zone = state.zone.name;
  if (hostname !== zone && !hostname.endsWith(`.${zone}`)) return unknownHost(hostname, zone);
  const record = [...state.records.values()].find(({ name, type }) => name === hostname && type !== "TXT");
  if (!record) return noRecord(hostname);
  if (record.type !== "CNAME" || !record.proxied || !record.content.endsWith(TUNNEL_DOMAIN)) {
    return notATunnel(hostname, `${record.proxied ? "proxied" : "DNS-only"} ${record.type}`, record.content);
  }
  return record.content.slice(0, -TUNNEL_DOMAIN.length);
};
