// The record goes first of all, so that no request reaches a machine that is being taken apart.
import type * as z from "zod";
import type { DnsRecords } from "../../core/cloudflare/dns-records.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { dnsMarker, hostname } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteDnsRecordDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  dns: Pick<DnsRecords, "find" | "delete">;
}

export const deleteDnsRecord = async (
  { key }: TaskInput<typeof task>,
  { env, tenants, dns }: DeleteDnsRecordDeps,
): Promise<RemovalOutput> => {
  const marker = dnsMarker(key);
  const records = await dns.find(hostname(key.slug, env.BASE_DOMAIN));
  const ours = records.filter(({ comment }) => comment === marker);
  for (const { id } of ours) await dns.delete(id);
  await tenants.recordRemovalStep(key, task.step);
  return { deleted: ours.map(({ id }) => ({ kind: "dns-record", id })) };
};
