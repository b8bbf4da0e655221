// The record goes first of all, so that no request reaches a machine that is being taken apart.
import type * as z from "zod";
import type { DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { dnsMarker, hostname, type Incarnation } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { environment } from "./environment.ts";

export interface DeleteDnsRecordDeps {
  env: Pick<z.output<typeof environment>, "STAGE" | "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  dns: Pick<DnsRecords, "find" | "delete">;
}

export const deleteDnsRecord = async (
  { slug, generation }: Incarnation,
  { env, tenants, dns }: DeleteDnsRecordDeps,
): Promise<RemovalOutput> => {
  const marker = dnsMarker({ stage: env.STAGE, slug, generation });
  const records = await dns.find(hostname(slug, env.BASE_DOMAIN));
  const ours = records.filter(({ comment }) => comment === marker);
  for (const { id } of ours) await dns.delete(id);
  await tenants.recordRemovalStep({ slug, generation }, "Delete DNS Record");
  return { deleted: ours.map(({ id }) => ({ kind: "dns-record", id })) };
};
