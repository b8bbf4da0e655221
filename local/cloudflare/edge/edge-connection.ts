// One connection of a connector, seen from the edge: on the connector's TLS socket the edge is the HTTP/2
// client, so that it can send visitors' requests down a connection that it did not open.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import type { ConnectorConnection, Tunnel } from "../state/model.ts";
import { HEADER_LIMITS, UPGRADE, UPGRADE_TO } from "../transport/headers.ts";
import type { Registration } from "../transport/registration.ts";
import { TUNNEL_SERVER_NAME } from "./certificates.ts";

const WINDOW_BYTES = 1024 * 1024;

/** How the edge finds out that a connector is there no more, although its connection is. */
export interface Heartbeat {
  /** between two pings */
  intervalMs: number;
  /** how long a ping may stay without its answer before the connection is cut */
  timeoutMs: number;
}

/** The HTTP/2 session towards a connector, which nobody has registered on yet. */
export const openSession = (socket: TLSSocket, heartbeat: Heartbeat): ClientHttp2Session => {
  const session = connect(`https://${TUNNEL_SERVER_NAME}`, {
    createConnection: () => socket,
    maxSendHeaderBlockLength: HEADER_LIMITS.maxSendHeaderBlockLength,
    settings: { ...HEADER_LIMITS.settings, enablePush: false, initialWindowSize: WINDOW_BYTES },
  });
  session.on("connect", () => session.setLocalWindowSize(WINDOW_BYTES * 8));
  // A lost connector shows as "close" on the session; without a listener its error would end the process.
  session.on("error", () => session.destroy());
  keepAlive(session, heartbeat);
  return session;
};

/** A connector that is frozen, or behind a cut network, closes nothing: its missing pong gives it away. */
const keepAlive = (session: ClientHttp2Session, { intervalMs, timeoutMs }: Heartbeat): void => {
  let overdue: NodeJS.Timeout | undefined;
  const beat = setInterval(() => {
    if (overdue || session.connecting || session.closed || session.destroyed) return;
    overdue = setTimeout(() => session.destroy(), timeoutMs).unref();
    session.ping(() => {
      clearTimeout(overdue);
      overdue = undefined;
    });
  }, intervalMs).unref();
  session.on("close", () => {
    clearInterval(beat);
    clearTimeout(overdue);
  });
};

export class EdgeConnection implements ConnectorConnection {
  readonly id: string;
  readonly tunnelId: string;
  readonly clientId: string;
  readonly connIndex: number;
  readonly version: string;
  readonly arch: string;
  readonly features: readonly string[];
  readonly originIp: string;
  readonly openedAt = new Date().toISOString();
  configVersion = -1;
  readonly #session: ClientHttp2Session;

  constructor(id: string, registration: Registration, session: ClientHttp2Session, originIp: string) {
    this.id = id;
    this.tunnelId = registration.tunnelId;
    this.clientId = registration.client.id;
    this.connIndex = registration.connIndex;
    this.version = registration.client.version;
    this.arch = registration.client.arch;
    this.features = registration.client.features;
    this.originIp = originIp;
    this.#session = session;
  }

  /** Undefined if the headers cannot be sent over HTTP/2, or the connection has just gone. */
  request(headers: OutgoingHttpHeaders, hasBody: boolean): ClientHttp2Stream | undefined {
    try {
      return this.#session.request(headers, { endStream: !hasBody });
    } catch {
      return undefined;
    }
  }

  pushConfiguration({ version, config }: Tunnel["configuration"]): void {
    if (config === null) return;
    const headers = { ":method": "PUT", ":path": "/", [UPGRADE]: UPGRADE_TO.configuration };
    const stream = this.request(headers, true);
    if (!stream) return;
    const answer: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => answer.push(chunk));
    stream.on("error", () => stream.destroy());
    stream.on("end", () => this.#applied(Buffer.concat(answer)));
    stream.end(JSON.stringify({ version, config }));
  }

  #applied(answer: Buffer): void {
    try {
      const { lastAppliedVersion } = JSON.parse(answer.toString()) as { lastAppliedVersion?: number };
      if (typeof lastAppliedVersion === "number") this.configVersion = lastAppliedVersion;
    } catch {
      // No answer that can be read is no version applied, which GET …/connections then shows.
    }
  }

  /** Whether the connector is there still, whatever became of one request. */
  get isOpen(): boolean {
    return !this.#session.destroyed && !this.#session.closed;
  }

  /** Lets requests under way finish, then closes. */
  finish(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  drop(): void {
    this.#session.destroy();
  }
}
