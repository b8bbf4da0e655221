import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { removalOutput } from "../../core/tenant/removal.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteDnsRecord } from "./delete-dns-record.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "delete-dns-record",
  env: environment,
  input: tenantInput,
  output: removalOutput,
  connect: (env, metrics) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    dns: dnsRecords(cloudflareAccess(env, metrics), env.CLOUDFLARE_ZONE_ID),
  }),
  run: deleteDnsRecord,
});
