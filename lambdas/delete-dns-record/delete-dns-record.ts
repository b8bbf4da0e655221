// The record goes first of all, so that no request reaches a machine that is being taken apart. It is looked for by the
// hostname and by the row's id: one that was renamed, or whose comment was edited, is still ours while it leads to our tunnel.
import type * as z from "zod";
import type { DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { isOurRecord } from "../../core/cloudflare/tenant-record.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { withNamed } from "../../core/not-shown.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import { hostname } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteDnsRecordDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  dns: Pick<DnsRecords, "find" | "look" | "delete">;
}

export const deleteDnsRecord = (
  { key }: TaskInput<typeof task>,
  { env, tenants, dns }: DeleteDnsRecordDeps,
): Promise<RemovalOutput> =>
  removalStep(key, task.step, tenants, async () => {
    const known = await knownIds(key, tenants);
    const named = await dns.find(hostname(key.slug, env.BASE_DOMAIN));
    const found = await withNamed(named, [known.dnsRecordId], dns.look);
    const ours = found.filter((one) => isOurRecord(one, key, known));
    for (const { id } of ours) await dns.delete(id);
    return { deleted: ours.map(({ id }) => ({ kind: "dns-record" as const, id })) };
  });
