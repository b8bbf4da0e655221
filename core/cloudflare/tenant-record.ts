// A tenant's DNS record: what it should be, and which of the records of its name is ours.
import { CloudflareUnavailableError, DnsRecordTakenError, PreviousGenerationError } from "../errors.ts";
import { dnsMarker, hostname, type TenantKey } from "../tenant/names.ts";
import type { Cname, DnsRecord } from "./dns-records.ts";

const contentOf = (tunnelId: string): string => `${tunnelId}.cfargotunnel.com`;

export const tenantCname = (key: TenantKey, tunnelId: string, baseDomain: string): Cname => ({
  name: hostname(key.slug, baseDomain),
  content: contentOf(tunnelId),
  comment: dnsMarker(key),
});

/** What the row knows of the record. */
interface Known {
  dnsRecordId?: string | undefined;
  tunnelId?: string | undefined;
}

/**
 * By its marker; or, where somebody edited the comment, by the id that we wrote down, as long as it leads to the tenant's
 * tunnel. A record that does neither is somebody else's by now.
 */
export const isOurRecord = (
  { id, content, comment }: DnsRecord,
  key: TenantKey,
  { dnsRecordId, tunnelId }: Known,
): boolean =>
  comment === dnsMarker(key) ||
  (id === dnsRecordId && tunnelId !== undefined && content === contentOf(tunnelId));

/** Why none of these records of the name can be taken. */
export const notOurRecords = (name: string, key: TenantKey, records: DnsRecord[]): Error => {
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
