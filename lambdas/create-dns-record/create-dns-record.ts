// Points the tenant's hostname at its tunnel. A record of that name that is not ours is reported and left alone.
import type * as z from "zod";
import type { Cname, DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { notOurRecords, tenantCname } from "../../core/cloudflare/tenant-record.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface CreateDnsRecordDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "recordStep">;
  dns: Pick<DnsRecords, "create" | "find" | "replace">;
}

export const createDnsRecord = async (
  { key, tunnelId }: Input,
  { env, tenants, dns }: CreateDnsRecordDeps,
) => {
  const cname = tenantCname(key, tunnelId, env.BASE_DOMAIN);
  const recordId = (await dns.create(cname)) ?? (await adopt(cname, key, dns));
  await tenants.recordStep(key, task.step, { dnsRecordId: recordId });
  return { recordId };
};

const adopt = async (cname: Cname, key: TenantKey, dns: CreateDnsRecordDeps["dns"]): Promise<string> => {
  const records = await dns.find(cname.name);
  const ours = records.find(({ comment }) => comment === cname.comment);
  if (!ours) throw notOurRecords(cname.name, key, records);
  if (ours.content !== cname.content) await dns.replace(ours.id, cname);
  return ours.id;
};
