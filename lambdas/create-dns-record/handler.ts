import * as z from "zod";
import { cloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { dnsRecords } from "../../core/cloudflare/dns-records.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { createDnsRecord } from "./create-dns-record.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "create-dns-record",
  env: environment,
  input: tenantInput.extend({ tunnelId: z.string() }),
  output: z.object({ recordId: z.string() }),
  connect: (env, metrics) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    dns: dnsRecords(cloudflareAccess(env, metrics), env.CLOUDFLARE_ZONE_ID),
  }),
  run: createDnsRecord,
});
