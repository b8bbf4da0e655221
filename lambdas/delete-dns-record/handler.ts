import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteDnsRecord } from "./delete-dns-record.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    dns: dnsRecords(cloudflareAccess(env, metrics), env.CLOUDFLARE_ZONE_ID),
  }),
  run: deleteDnsRecord,
});
