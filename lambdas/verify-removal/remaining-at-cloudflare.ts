// What Cloudflare still shows of a tenant: its record and its tunnel, by their names and by their ids.
import type { DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { isOurRecord } from "../../core/cloudflare/tenant-record.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { hostname, type TenantKey, tunnelName } from "../../core/tenant/names.ts";
import type { KeptResource, Resource } from "../../core/tenant/removal.ts";

export interface AtCloudflare {
  dns: Pick<DnsRecords, "find" | "look">;
  tunnels: Pick<Tunnels, "find" | "look">;
}

export interface Remaining {
  /** ours */
  left: Resource[];
  /** ours once */
  kept: KeptResource[];
}

export const remainingAtCloudflare = async (
  key: TenantKey,
  known: Resource[],
  env: { BASE_DOMAIN: string },
  { dns, tunnels }: AtCloudflare,
): Promise<Remaining> => {
  const idOf = (kind: Resource["kind"], name: string) =>
    known.find((one) => one.kind === kind && one.id !== name)?.id;
  const [host, tunnel] = [hostname(key.slug, env.BASE_DOMAIN), tunnelName(key)];
  const [dnsRecordId, tunnelId] = [idOf("dns-record", host), idOf("tunnel", tunnel)];
  const [records, record, found, looked] = await Promise.all([
    dns.find(host),
    dnsRecordId ? dns.look(dnsRecordId) : undefined,
    tunnels.find(tunnel),
    tunnelId ? tunnels.look(tunnelId) : undefined,
  ]);
  const all = [...records.filter(({ id }) => id !== record?.id), ...(record ? [record] : [])];
  const ours = all.filter((one) => isOurRecord(one, key, { dnsRecordId, tunnelId }));
  const tunnelIds = new Set([...(found ? [found] : []), ...(looked && tunnelId ? [tunnelId] : [])]);
  return {
    left: [
      ...ours.map(({ id }) => ({ kind: "dns-record" as const, id })),
      ...[...tunnelIds].map((id) => ({ kind: "tunnel" as const, id })),
    ],
    kept:
      record && !ours.includes(record)
        ? [
            {
              kind: "dns-record",
              id: record.id,
              reason: `its comment is not ours any more, and it leads elsewhere: ${record.type} ${record.content}`,
            },
          ]
        : [],
  };
};
