import { parameters } from "../../core/aws/parameters.ts";
import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { correctRoute } from "./correct-route.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics) => {
    const access = cloudflareAccess(env, metrics);
    return {
      env,
      tenants: tenantStore(env.TENANTS_TABLE),
      repairs: repairStore(env.TENANTS_TABLE),
      tunnels: tunnels(access, env.CLOUDFLARE_ACCOUNT_ID),
      dns: dnsRecords(access, env.CLOUDFLARE_ZONE_ID),
      parameters: parameters(),
    };
  },
  run: correctRoute,
});
