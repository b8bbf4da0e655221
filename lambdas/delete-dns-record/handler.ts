import { cloudflareAccess } from "../common/cloudflare.ts";
import { dnsRecords } from "../common/dns-records.ts";
import { removalOutput } from "../common/gone.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
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
