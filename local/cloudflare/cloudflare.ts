// Cloudflare on loopback: API and edge over one state.
import { mkdir, writeFile } from "node:fs/promises";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { API_PATH, type ApiOptions, createApi } from "./api/server.ts";
import { makeCertificates } from "./edge/certificates.ts";
import type { Heartbeat } from "./edge/edge-connection.ts";
import { createTunnelListener } from "./edge/tunnel-listener.ts";
import { createVisitorListener } from "./edge/visitor-listener.ts";
import type { Zone } from "./state/model.ts";
import { CloudflareState } from "./state/state.ts";

const HOST = "127.0.0.1";
/** As QUIC connections of cloudflared are held (its quic/constants.go): asked every second, given up after five. */
const HEARTBEAT: Heartbeat = { intervalMs: 1_000, timeoutMs: 4_000 };

export interface CloudflareOptions extends ApiOptions {
  accountId: string;
  zone: Zone;
  /** The edge's certificate authority is written here. */
  stateDir: string;
  /** Free ports where not given. */
  ports?: { api?: number; edge?: number; tunnel?: number };
  /** How soon a frozen connector is noticed. Default: a ping every 5 s, which has 10 s for its answer. */
  heartbeat?: Heartbeat;
  /** What exists from the start, of the same account and zone; nothing without it. */
  state?: CloudflareState;
}

export interface LocalCloudflare {
  /** For CLOUDFLARE_BASE_URL. */
  apiUrl: string;
  /** Where visitors connect, with the tenant's hostname as Host. */
  edgeUrl: string;
  /** host:port for a connector's --edge. */
  tunnelAddress: string;
  /** PEM for a connector's --cacert. */
  caFile: string;
  close(): Promise<void>;
}

/** @throws if a port is taken; the message names the port and its option */
export const startCloudflare = async (options: CloudflareOptions): Promise<LocalCloudflare> => {
  const { accountId, zone, stateDir, ports = {} } = options;
  const state = options.state ?? new CloudflareState(accountId, zone);
  const certificates = await makeCertificates();
  const caFile = join(stateDir, "edge-ca.pem");
  await mkdir(stateDir, { recursive: true });
  await writeFile(caFile, certificates.authority);

  const api = createApi(state, options);
  await api.ready();
  const edge = createVisitorListener(state);
  const tunnel = createTunnelListener(state, certificates, options.heartbeat ?? HEARTBEAT);
  const close = async (): Promise<void> => {
    state.reset();
    tunnel.dropAll();
    await Promise.all([stop(api.server), stop(edge), stop(tunnel.server)]);
  };
  try {
    const apiPort = await listen(api.server, "api", ports.api);
    const edgePort = await listen(edge, "edge", ports.edge);
    const tunnelPort = await listen(tunnel.server, "tunnel", ports.tunnel);
    return {
      apiUrl: `http://${HOST}:${apiPort}${API_PATH}`,
      edgeUrl: `http://${HOST}:${edgePort}`,
      tunnelAddress: `${HOST}:${tunnelPort}`,
      caFile,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const listen = (
  server: Server,
  role: keyof NonNullable<CloudflareOptions["ports"]>,
  port = 0,
): Promise<number> => {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} is taken; stop what listens there, or give another as ports.${role}`;
      reject(error.code === "EADDRINUSE" ? new Error(`local Cloudflare: ${taken}`, { cause: error }) : error);
    });
    server.listen(port, HOST, () => resolve((server.address() as AddressInfo).port));
  });
};

const stop = (server: Server | HttpServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
