// What breaks on a tenant's machine, and waiting for the repair that sweeps order then.
import { StopInstancesCommand } from "@aws-sdk/client-ec2";
import Cloudflare from "cloudflare";
import { vi } from "vitest";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { type Member, memberOf, signal } from "../support/machines.ts";
import { ec2, facts, machines } from "../support/stage.ts";
import { patience, rowOf, visit } from "../support/tenants.ts";
import { cloudflareApiToken } from "./secret-values.ts";
import { whileSweeping } from "./sweeping.ts";

/** Breaks the tenant, and ends only when a repair would see what is broken. */
type Fault = (tenant: Member) => Promise<unknown>;

const hungConnector: Fault = async (tenant) => {
  // The watchdog would mend it.
  await signal(tenant, "warren-connector-watchdog", "SIGSTOP");
  await signal(tenant, "warren-connector", "SIGSTOP");
  await whenDisconnected(tenant.hostname);
};

const hungApplication: Fault = (tenant) => signal(tenant, "warren-app", "SIGSTOP");

const stopped: Fault = ({ instanceId }) => ec2.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));

const impaired: Fault = async (tenant) => {
  await machines.impair({ instanceId: tenant.instanceId, check: "instance" });
  await hungConnector(tenant);
};

const unbootable: Fault = async (tenant) => {
  await machines.addFault({ action: "RebootInstances", code: "IncorrectState", status: 400 });
  await impaired(tenant);
};

/** Which no repair mends. The connector must not come back between the two calls. */
const withoutTunnel: Fault = async (tenant) => {
  await hungConnector(tenant);
  const { cloudflared } = new Cloudflare({
    apiToken: await cloudflareApiToken(),
    baseURL: facts.cloudflareUrl,
  }).zeroTrust.tunnels;
  const { resources } = await rowOf(tenant.slug);
  const account = { account_id: loadConfig("local").cloudflare.accountId };
  await cloudflared.connections.delete(resources.tunnelId ?? "", account);
  await cloudflared.delete(resources.tunnelId ?? "", account);
};

const whenDisconnected = (hostname: string): Promise<void> =>
  vi.waitFor(async () => {
    const { status } = await visit(hostname, "/health", { signal: AbortSignal.timeout(2_000) });
    if (status !== 530) throw new Error(`${hostname} answers ${status}, not 530`);
  }, patience);

interface Broken {
  slug: string;
  fault: Fault;
  end?: "ready" | "degraded";
}

/** Every rung at least once, and a tenant that cannot be repaired; one fault each at a time, for three would be an outage. */
export async function everyRepair(one: string, other: string): Promise<void> {
  await repaired({ slug: one, fault: hungConnector }, { slug: other, fault: hungApplication });
  await repaired({ slug: one, fault: impaired }, { slug: other, fault: stopped });
  await repaired({ slug: one, fault: withoutTunnel, end: "degraded" }, { slug: other, fault: unbootable });
}

async function repaired(...broken: Broken[]): Promise<void> {
  const before = await Promise.all(broken.map(({ slug }) => rowOf(slug)));
  await Promise.all(before.map((row, index) => broken[index]?.fault(memberOf(row))));
  await whileSweeping(() =>
    Promise.all(before.map((row, index) => whenRepaired(row, broken[index]?.end ?? "ready"))),
  );
}

/** @param row from before the repair */
const whenRepaired = ({ slug, repair }: Tenant, end: string): Promise<void> =>
  vi.waitFor(async () => {
    const row = await rowOf(slug);
    if (row.status === end && row.repair?.attempt !== repair?.attempt) return;
    throw new Error(`${slug} is not repaired: ${JSON.stringify(row)}`);
  }, patience);
