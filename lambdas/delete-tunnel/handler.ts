import { cloudflareAccess } from "../common/cloudflare.ts";
import { removalOutput } from "../common/gone.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { tunnels } from "../common/tunnels.ts";
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
