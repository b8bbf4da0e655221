// Tunnels by the thousand for tests: healthy as far as the API can tell, with no connector behind them.
//
//   const cloudflare = await startSeededCloudflare({ names: tenants.map(tunnelName) });
//   cloudflare.apiUrl, .token, .accountId      // for the official client: baseURL, apiToken, account_id
//   cloudflare.admin                           // faults, counted calls: admin-client.ts
//   cloudflare.disconnect(name)                // its connector is gone: the tunnel is down
//   …; await cloudflare.close();
//
// A visitor of such a tunnel gets 530 with error 1033: nothing is there to answer.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudflareAdmin, cloudflareAdmin } from "../../../local/cloudflare/admin-client.ts";
import { newTunnel } from "../../../local/cloudflare/api/tunnel-routes.ts";
import { startCloudflare } from "../../../local/cloudflare/cloudflare.ts";
import type { ConnectorConnection } from "../../../local/cloudflare/state/model.ts";
import { CloudflareState } from "../../../local/cloudflare/state/state.ts";

const ACCOUNT = "a".repeat(32);
const ZONE = { id: "b".repeat(32), name: "example.test" };
const TOKEN = "fleet-token";
/** As many as cloudflared opens. */
const CONNECTIONS = 4;

export interface SeededCloudflare {
  /** for CLOUDFLARE_BASE_URL */
  apiUrl: string;
  token: string;
  accountId: string;
  zoneId: string;
  admin: CloudflareAdmin;
  state: CloudflareState;
  /** @throws Error if there is no tunnel of this name */
  disconnect(name: string): void;
  close(): Promise<void>;
}

/** A connection that is in the books and nowhere else. */
const fakeConnection = (
  state: CloudflareState,
  place: Pick<ConnectorConnection, "tunnelId" | "clientId" | "connIndex">,
): ConnectorConnection => {
  const id = randomUUID();
  return {
    ...place,
    id,
    version: "2026.8.2",
    arch: "linux_arm64",
    features: [],
    originIp: "198.51.100.7",
    openedAt: new Date().toISOString(),
    configVersion: 1,
    pushConfiguration: () => undefined,
    drop: () => state.removeConnection(id),
  };
};

/** A tunnel of each name, healthy with the four connections of one connector. */
export const seedTunnels = (state: CloudflareState, names: readonly string[]): void => {
  for (const name of names) {
    const tunnel = newTunnel({ name, config_src: "cloudflare" });
    state.tunnels.set(tunnel.id, tunnel);
    const place = { tunnelId: tunnel.id, clientId: randomUUID() };
    for (let connIndex = 0; connIndex < CONNECTIONS; connIndex += 1)
      state.addConnection(fakeConnection(state, { ...place, connIndex }));
  }
};

const disconnect = (state: CloudflareState, name: string): void => {
  const tunnel = [...state.tunnels.values()].find((one) => one.name === name);
  if (!tunnel) throw new Error(`no tunnel ${name} was seeded; names are given to startSeededCloudflare`);
  for (const connection of state.connectionsOf(tunnel.id)) connection.drop();
};

export const startSeededCloudflare = async ({
  names,
}: {
  names: readonly string[];
}): Promise<SeededCloudflare> => {
  const stateDir = await mkdtemp(join(tmpdir(), "warren-fleet-"));
  const state = new CloudflareState(ACCOUNT, ZONE);
  seedTunnels(state, names);
  const permissions = ["Cloudflare Tunnel Write", "DNS Write", "Zone Read"] as const;
  const running = await startCloudflare({
    accountId: ACCOUNT,
    zone: ZONE,
    stateDir,
    state,
    tokens: [{ value: TOKEN, permissions }],
  });
  return {
    apiUrl: running.apiUrl,
    token: TOKEN,
    accountId: ACCOUNT,
    zoneId: ZONE.id,
    admin: cloudflareAdmin(running.apiUrl),
    state,
    disconnect: (name) => disconnect(state, name),
    close: async () => {
      await running.close();
      await rm(stateDir, { recursive: true });
    },
  };
};
