// Puts back what was changed at Cloudflare on the way to the tenant's machine: tunnel, ingress rules, DNS record. Needs no
// machine, touches none, and changes only what differs.
import type * as z from "zod";
import type { Cname, DnsRecord, DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { isOurRecord, notOurRecords, tenantCname } from "../../core/cloudflare/tenant-record.ts";
import { tunnelService } from "../../core/cloudflare/tenant-tunnel.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RungOutput } from "../../core/repair/repair-input.ts";
import { isUnder } from "../../core/repair/repair-store.ts";
import { hostname } from "../../core/tenant/names.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../core/tenant/tenant-store.ts";
import { type CorrectTunnelDeps, correctTunnel } from "./correct-tunnel.ts";
import { task } from "./task.ts";

export interface CorrectRouteDeps extends CorrectTunnelDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "CLOUDFLARE_ACCOUNT_ID" | "PARAMETER_KEY_ID">;
  tenants: Pick<TenantStore, "get">;
  dns: Pick<DnsRecords, "create" | "find" | "replace">;
}

type Input = TaskInput<typeof task>;

export const correctRoute = async (input: Input, deps: CorrectRouteDeps): Promise<RungOutput> => {
  const row = await deps.tenants.get(input.slug);
  if (!isUnder(row, input)) throw superseded(input);
  await deps.repairs.recordRung(input, task.name);
  const { tunnelId, corrected, isNewToConnector } = await correctTunnel(input, row.resources.tunnelId, deps);
  const others = [await correctRules(input, tunnelId, deps), await correctRecord(input, row, tunnelId, deps)];
  const all = [...corrected, ...others.filter((one) => one !== undefined)];
  if (all.length === 0)
    return { outcome: "skipped", detail: "tunnel, rules and DNS record are as they should be" };
  // A connector reads its token when it starts.
  return { outcome: isNewToConnector ? "deferred" : "done", detail: all.join("; ") };
};

const correctRules = async (
  { slug }: Input,
  tunnelId: string,
  { env, tunnels }: CorrectRouteDeps,
): Promise<string | undefined> => {
  const name = hostname(slug, env.BASE_DOMAIN);
  if (await tunnels.isRouted(tunnelId, name, tunnelService)) return undefined;
  await tunnels.route(tunnelId, name, tunnelService);
  return `the ingress rules of tunnel ${tunnelId} were put back`;
};

const correctRecord = async (
  input: Input,
  { resources }: Tenant,
  tunnelId: string,
  { env, dns, repairs }: CorrectRouteDeps,
): Promise<string | undefined> => {
  const cname = tenantCname(input.key, tunnelId, env.BASE_DOMAIN);
  const records = await dns.find(cname.name);
  const ours = records.find((record) => isOurRecord(record, input.key, resources));
  const { id, words } = ours ? await asWanted(ours, cname, dns) : await madeAnew(cname, records, input, dns);
  // Also after a crash between the two: the row names the record that there is.
  if (id !== resources.dnsRecordId) await repairs.recordRung(input, task.name, { dnsRecordId: id });
  return words;
};

interface Corrected {
  id: string;
  words?: string;
}

const asWanted = async (ours: DnsRecord, cname: Cname, dns: CorrectRouteDeps["dns"]): Promise<Corrected> => {
  const { id, type, content, comment, proxied } = ours;
  if (proxied && content === cname.content && comment === cname.comment) return { id };
  await dns.replace(id, cname);
  const was = `${proxied ? "" : "not proxied, "}${type} ${content}`;
  return { id, words: `the DNS record ${cname.name} was put back: it was ${was}` };
};

const madeAnew = async (
  cname: Cname,
  records: DnsRecord[],
  { key }: Input,
  dns: CorrectRouteDeps["dns"],
): Promise<Corrected> => {
  const id = records.length === 0 ? await dns.create(cname) : undefined;
  if (!id) throw notOurRecords(cname.name, key, records);
  return { id, words: `the DNS record ${cname.name} was made anew` };
};
