// Creates the tenant's tunnel with a secret of our own, so that its token is known without asking for it: two
// Cloudflare calls. The token goes into Parameter Store, and nowhere else.
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import { createOrAdoptTunnel, tunnelService } from "../../core/cloudflare/tenant-tunnel.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import type { TaskInput } from "../../core/handler/task.ts";
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
  const { tunnelId, token } = await createOrAdoptTunnel(tunnelName(key), env.CLOUDFLARE_ACCOUNT_ID, tunnels);
  await parameters.put(tunnelTokenParameter(key), token, {
    keyId: env.PARAMETER_KEY_ID,
    tags: tenantTags(key),
  });
  await tunnels.route(tunnelId, hostname(key.slug, env.BASE_DOMAIN), tunnelService);
  await tenants.recordStep(key, task.step, { tunnelId });
  return { tunnelId };
};
