import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { removalOutput } from "../../core/tenant/removal.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteTunnel } from "./delete-tunnel.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "delete-tunnel",
  env: environment,
  input: tenantInput,
  output: removalOutput,
  connect: (env, metrics) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    tunnels: tunnels(cloudflareAccess(env, metrics), env.CLOUDFLARE_ACCOUNT_ID),
  }),
  run: deleteTunnel,
});
