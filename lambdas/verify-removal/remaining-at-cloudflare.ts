// What Cloudflare still shows of a tenant: its record and its tunnel, by their names and by their ids.
import type { DnsRecord, DnsRecords } from "../../core/cloudflare/dns-records.ts";
import { isOurRecord } from "../../core/cloudflare/tenant-record.ts";
import { tunnelIdsOf } from "../../core/cloudflare/tenant-tunnel.ts";
import type { Tunnels } from "../../core/cloudflare/tunnels.ts";
import { withNamed } from "../../core/not-shown.ts";
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
  const [records, tunnelIds] = await Promise.all([
    dns.find(host).then((listed) => withNamed(listed, [dnsRecordId], dns.look)),
    tunnelIdsOf(tunnel, tunnelId, tunnels),
  ]);
  const isOurs = (one: DnsRecord): boolean => isOurRecord(one, key, { dnsRecordId, tunnelId });
  const lost = records.filter((one) => one.id === dnsRecordId && !isOurs(one));
  return {
    left: [
      ...records.filter(isOurs).map(({ id }) => ({ kind: "dns-record" as const, id })),
      ...tunnelIds.map((id) => ({ kind: "tunnel" as const, id })),
    ],
    kept: lost.map(({ id, type, content }) => ({
      kind: "dns-record" as const,
      id,
      reason: `its comment is not ours any more, and it leads elsewhere: ${type} ${content}`,
    })),
  };
};
