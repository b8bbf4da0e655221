import * as z from "zod";
import { cloudflareAccess } from "../common/cloudflare.ts";
import { dnsRecords } from "../common/dns-records.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
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
