// Creates the tenant's tunnel with a secret of our own, so that its token is known without asking for it: two
// Cloudflare calls. The token goes into Parameter Store, and nowhere else.
import { randomBytes } from "node:crypto";
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { CloudflareUnavailableError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { frontPort } from "../../core/machine/front.ts";
import { hostname, tenantTags, tunnelName, tunnelTokenParameter } from "../../core/tenant/names.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface CreateTunnelDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "CLOUDFLARE_ACCOUNT_ID" | "PARAMETER_KEY_ID">;
  tenants: Pick<TenantStore, "recordStep">;
  tunnels: Pick<Tunnels, "create" | "find" | "token" | "route">;
  parameters: Pick<Parameters, "put">;
}

/** Ends between any two lines, a second run adopts what the first one left. */
export const createTunnel = async (
  { key }: TaskInput<typeof task>,
  { env, tenants, tunnels, parameters }: CreateTunnelDeps,
) => {
  const { tunnelId, token } = await createOrAdopt(tunnelName(key), env.CLOUDFLARE_ACCOUNT_ID, tunnels);
  await parameters.put(tunnelTokenParameter(key), token, {
    keyId: env.PARAMETER_KEY_ID,
    tags: tenantTags(key),
  });
  await tunnels.route(tunnelId, hostname(key.slug, env.BASE_DOMAIN), `http://localhost:${frontPort}`);
  await tenants.recordStep(key, task.step, { tunnelId });
  return { tunnelId };
};

const createOrAdopt = async (
  name: string,
  accountId: string,
  tunnels: CreateTunnelDeps["tunnels"],
): Promise<{ tunnelId: string; token: string }> => {
  const secret = randomBytes(32).toString("base64");
  const created = await tunnels.create(name, secret);
  if (created) return { tunnelId: created, token: tunnelToken(accountId, created, secret) };
  const existing = await tunnels.find(name);
  if (existing) return { tunnelId: existing, token: await tunnels.token(existing) };
  throw new CloudflareUnavailableError(`Cloudflare says that a tunnel ${name} exists, but lists none.`);
};

/** The form that cloudflared's `connection.TunnelToken` unmarshals; the real binary accepts it. */
const tunnelToken = (accountId: string, tunnelId: string, secret: string): string =>
  Buffer.from(JSON.stringify({ a: accountId, t: tunnelId, s: secret })).toString("base64");
