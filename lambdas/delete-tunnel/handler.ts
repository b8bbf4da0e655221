import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteTunnel } from "./delete-tunnel.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics) => ({
    tenants: tenantStore(env.TENANTS_TABLE),
    tunnels: tunnels(cloudflareAccess(env, metrics), env.CLOUDFLARE_ACCOUNT_ID),
  }),
  run: deleteTunnel,
});
