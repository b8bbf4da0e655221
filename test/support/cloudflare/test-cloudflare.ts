// A local Cloudflare of its own for one test file, with the official client pointed at it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Cloudflare from "cloudflare";
import { type CloudflareAdmin, cloudflareAdmin } from "../../../local/cloudflare/admin-client.ts";
import type { ApiToken } from "../../../local/cloudflare/api/tokens.ts";
import {
  type CloudflareOptions,
  type LocalCloudflare,
  startCloudflare,
} from "../../../local/cloudflare/cloudflare.ts";

export const ACCOUNT = "a".repeat(32);
export const ZONE = { id: "b".repeat(32), name: "example.test" };

const FULL_TOKEN: ApiToken = {
  value: "full-token",
  permissions: ["Cloudflare Tunnel Write", "DNS Write", "Zone Read"],
};

export interface TestCloudflare extends LocalCloudflare {
  admin: CloudflareAdmin;
  client: Cloudflare;
  /** The official client with another token. */
  clientWith(apiToken: string): Cloudflare;
}

export const startTestCloudflare = async (
  options: Partial<CloudflareOptions> = {},
): Promise<TestCloudflare> => {
  const stateDir = await mkdtemp(join(tmpdir(), "warren-cloudflare-"));
  const tokens = [FULL_TOKEN, ...(options.tokens ?? [])];
  const forget = () => rm(stateDir, { recursive: true });
  const started = startCloudflare({ accountId: ACCOUNT, zone: ZONE, stateDir, ...options, tokens });
  const running = await started.catch(async (error) => {
    await forget();
    throw error;
  });
  const clientWith = (apiToken: string): Cloudflare =>
    new Cloudflare({ apiToken, baseURL: running.apiUrl, maxRetries: 0, timeout: 5_000 });
  return {
    ...running,
    admin: cloudflareAdmin(running.apiUrl),
    client: clientWith(FULL_TOKEN.value),
    clientWith,
    close: async () => {
      await running.close();
      await forget();
    },
  };
};

export interface TestTunnel {
  id: string;
  token: string;
  hostname: string;
}

/** A tunnel whose hostname leads to the service, as the system itself makes one. */
export const publish = async (
  cloudflare: TestCloudflare,
  label: string,
  service: string,
): Promise<TestTunnel> => {
  const { cloudflared } = cloudflare.client.zeroTrust.tunnels;
  const hostname = `${label}.${ZONE.name}`;
  const tunnel = await cloudflared.create({ account_id: ACCOUNT, name: label, config_src: "cloudflare" });
  const id = tunnel.id ?? "";
  await configure(cloudflare, id, hostname, service);
  const content = `${id}.cfargotunnel.com`;
  await cloudflare.client.dns.records.create({
    zone_id: ZONE.id,
    type: "CNAME",
    name: hostname,
    content,
    ttl: 1,
    proxied: true,
  });
  return { id, hostname, token: await cloudflared.token.get(id, { account_id: ACCOUNT }) };
};

export const configure = async (
  { client }: TestCloudflare,
  tunnelId: string,
  hostname: string,
  service: string,
): Promise<number> => {
  // The official type wants a hostname in the catch-all, which the API refuses: facts/cloudflare.md.
  const ingress = [{ hostname, service }, { service: "http_status:404" }] as {
    hostname: string;
    service: string;
  }[];
  const { version } = await client.zeroTrust.tunnels.cloudflared.configurations.update(tunnelId, {
    account_id: ACCOUNT,
    config: { ingress },
  });
  return version ?? 0;
};
