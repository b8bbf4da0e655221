import { parameters } from "../../core/aws/parameters.ts";
import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { createTunnel } from "./create-tunnel.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    tunnels: tunnels(cloudflareAccess(env, metrics), env.CLOUDFLARE_ACCOUNT_ID),
    parameters: parameters(),
  }),
  run: createTunnel,
});
