// What Cloudflare remembers of tunnels, their connections, DNS records and zones.

/** Client id to the connection indexes that this connector has held. */
export type ConnectionHistory = Map<string, Set<number>>;

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
