// Points the tenant's hostname at its tunnel. A record of that name that is not ours is reported and left alone.
import type * as z from "zod";
import type { Cname, DnsRecord, DnsRecords } from "../../core/cloudflare/dns-records.ts";
import {
  CloudflareUnavailableError,
  DnsRecordTakenError,
  PreviousGenerationError,
} from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { dnsMarker, hostname, type TenantKey } from "../../core/tenant/names.ts";
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
  const cname = {
    name: hostname(key.slug, env.BASE_DOMAIN),
    content: `${tunnelId}.cfargotunnel.com`,
    comment: dnsMarker(key),
  };
  const recordId = (await dns.create(cname)) ?? (await adopt(cname, key, dns));
  await tenants.recordStep(key, task.step, { dnsRecordId: recordId });
  return { recordId };
};

const adopt = async (cname: Cname, key: TenantKey, dns: CreateDnsRecordDeps["dns"]): Promise<string> => {
  const records = await dns.find(cname.name);
  const ours = records.find(({ comment }) => comment === cname.comment);
  if (!ours) throw notOurs(cname.name, key, records);
  if (ours.content !== cname.content) await dns.replace(ours.id, cname);
  return ours.id;
};

const notOurs = (name: string, key: TenantKey, records: DnsRecord[]): Error => {
  if (records.length === 0) {
    return new CloudflareUnavailableError(`Cloudflare says that a record ${name} exists, but lists none.`);
  }
  const previous = records.find(({ comment }) => comment.startsWith(dnsMarker({ ...key, generation: "" })));
  if (previous) {
    return new PreviousGenerationError(`The record ${name} still belongs to ${previous.comment}.`);
  }
  const found = records.map(({ type, content }) => `${type} ${content}`).join(", ");
  return new DnsRecordTakenError(`The name ${name} has a record that is not this tenant's (${found}).`);
};
