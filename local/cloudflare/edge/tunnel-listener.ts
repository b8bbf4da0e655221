// Where connectors dial in: accepts TLS, registers each connection in the state, and takes it out the moment
// its socket is gone, however it went.
import { randomUUID, timingSafeEqual } from "node:crypto";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Tunnel } from "../state/model.ts";
import type { CloudflareState } from "../state/state.ts";
import { UPGRADE, UPGRADE_TO } from "../transport/headers.ts";
import type { Registration, RegistrationAnswer } from "../transport/registration.ts";
import type { EdgeCertificates } from "./certificates.ts";
import { serveControlStream } from "./control-stream.ts";
import { EdgeConnection, type Heartbeat, openSession } from "./edge-connection.ts";

const REGISTRATION_TIMEOUT_MS = 10_000;
const HANG_UP_MS = 500;
const LOCATION = "local01";
/** Cloudflare's limit per tunnel: facts/cloudflare.md. */
const MAX_CONNECTORS = 25;

export interface TunnelListener {
  /** Not listening yet. */
  server: Server;
  /** Cuts off whoever is connected, registered or not. */
  dropAll(): void;
}

export const createTunnelListener = (
  state: CloudflareState,
  certificates: EdgeCertificates,
  heartbeat: Heartbeat,
): TunnelListener => {
  const { certificate, key } = certificates;
  const server = createServer({ cert: certificate, key, handshakeTimeout: REGISTRATION_TIMEOUT_MS });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => acceptConnector(state, socket, heartbeat));
  // Connectors that fail the handshake (a wrong --cacert) say why in their own log.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return {
    server,
    dropAll: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};

const acceptConnector = (state: CloudflareState, socket: TLSSocket, heartbeat: Heartbeat): void => {
  if (socket.destroyed) return;
  const originIp = socket.remoteAddress ?? "127.0.0.1";
  const session = openSession(socket, heartbeat);
  const control = session.request(
    { ":method": "GET", ":path": "/", [UPGRADE]: UPGRADE_TO.controlStream },
    { endStream: false },
  );
  control.on("error", () => session.destroy());
  control.on("end", () => control.end());
  control.on("close", () => session.close());
  const tooLate = setTimeout(() => session.destroy(), REGISTRATION_TIMEOUT_MS).unref();
  session.on("close", () => clearTimeout(tooLate));

  let connection: EdgeConnection | undefined;
  serveControlStream(control, {
    register: (registration) => {
      clearTimeout(tooLate);
      const refusal = connection ? "EDUPCONN" : refuse(state, registration);
      if (refusal) return { error: refusal, retryAfterMs: null };
      connection = register(state, registration, session, originIp);
      return details(connection, state.liveTunnel(connection.tunnelId));
    },
    registered: () => {
      const tunnel = connection && state.liveTunnel(connection.tunnelId);
      if (tunnel) connection?.pushConfiguration(tunnel.configuration);
    },
    refused: () => hangUp(control, session),
    unregistered: () => {
      if (connection) state.removeConnection(connection.id);
      connection?.finish();
    },
    malformed: () => session.destroy(),
  });
};

/** A connector that is refused waits for ever unless the edge closes; the answer must still reach it. */
const hangUp = (control: ClientHttp2Stream, session: ClientHttp2Session): void => {
  control.end();
  setTimeout(() => session.destroy(), HANG_UP_MS).unref();
};

/** Cloudflare's own words, which connectors log and watchdogs look for. */
const refuse = (
  state: CloudflareState,
  { tunnelId, accountTag, secret, client }: Registration,
): string | null => {
  const tunnel = state.liveTunnel(tunnelId);
  if (!tunnel || accountTag !== state.accountId) return "Unauthorized: Tunnel not found";
  const expected = Buffer.from(tunnel.secret, "base64");
  if (secret.length !== expected.length || !timingSafeEqual(secret, expected)) {
    return "Unauthorized: Invalid tunnel secret";
  }
  const clients = new Set(state.connectionsOf(tunnelId).map(({ clientId }) => clientId));
  if (!clients.has(client.id) && clients.size >= MAX_CONNECTORS) {
    return `a tunnel takes ${MAX_CONNECTORS} connectors; stop one before starting another`;
  }
  return null;
};

const register = (
  state: CloudflareState,
  registration: Registration,
  session: ClientHttp2Session,
  originIp: string,
): EdgeConnection => {
  const connection = new EdgeConnection(randomUUID(), registration, session, originIp);
  session.on("close", () => state.removeConnection(connection.id));
  if (!session.destroyed) state.addConnection(connection);
  return connection;
};

const details = (connection: EdgeConnection, tunnel: Tunnel | undefined): RegistrationAnswer => ({
  connectionId: connection.id,
  location: LOCATION,
  remotelyManaged: tunnel?.configSource === "cloudflare",
});
