// DNS records at Cloudflare. The comment is our marker: whoever changes or deletes a record here has compared it.
import { BaseRecords, type RecordResponse } from "cloudflare/resources/dns/records";
import { createClient } from "cloudflare/tree-shakable";
import { CloudflareRejectedError } from "../errors.ts";
import { type CloudflareAccess, cloudflareCall, idOf } from "./cloudflare.ts";
import { wholeListing } from "./whole-listing.ts";

export interface DnsRecord {
  id: string;
  type: string;
  content: string;
  comment: string;
  proxied: boolean;
}

/** A proxied CNAME with automatic TTL. */
export interface Cname {
  name: string;
  content: string;
  comment: string;
}

export interface DnsRecords {
  /** The new record's id, or undefined when a record that excludes it holds the name. */
  create(cname: Cname): Promise<string | undefined>;
  /** All records of exactly this name, whatever their type and whoever's. */
  find(name: string): Promise<DnsRecord[]>;
  /** By its id, whatever its name; undefined when it is deleted, or never was. */
  look(id: string): Promise<DnsRecord | undefined>;
  replace(id: string, cname: Cname): Promise<void>;
  /** An unknown record counts as deleted. */
  delete(id: string): Promise<void>;
}

const asRecord = ({ id, type, content = "", comment, proxied }: RecordResponse): DnsRecord => ({
  id,
  type,
  content,
  comment: comment ?? "",
  proxied: proxied === true,
});

/** A host record exists; a CNAME exists; a record exists; an identical record exists. */
const NAME_TAKEN = [81_053, 81_054, 81_057, 81_058];

export const dnsRecords = (access: CloudflareAccess, zoneId: string): DnsRecords => {
  const call = cloudflareCall(access, (options) => createClient({ ...options, resources: [BaseRecords] }));
  const zone = { zone_id: zoneId };
  // The client's type asks for a ttl; 1 means automatic, the only value of a proxied record.
  const fixed = { ...zone, type: "CNAME", proxied: true, ttl: 1 } as const;

  return {
    create: async (cname) => {
      try {
        const what = `create the DNS record ${cname.name}`;
        return idOf(await call(what, (client) => client.dns.records.create({ ...fixed, ...cname })), what);
      } catch (error) {
        if (
          error instanceof CloudflareRejectedError &&
          error.codes.some((code) => NAME_TAKEN.includes(code))
        ) {
          return undefined;
        }
        throw error;
      }
    },

    find: async (name) => {
      const what = `find the DNS records of ${name}`;
      const page = await call(what, (client) =>
        client.dns.records.list({ ...zone, name: { exact: name }, per_page: 100 }),
      );
      return wholeListing(what, page)
        .filter((record) => record.name === name)
        .map(asRecord);
    },

    look: async (id) => {
      try {
        return asRecord(
          await call(`read the DNS record ${id}`, (client) => client.dns.records.get(id, zone)),
        );
      } catch (error) {
        if (error instanceof CloudflareRejectedError && error.status === 404) return undefined;
        throw error;
      }
    },

    replace: async (id, cname) => {
      await call(`correct the DNS record ${cname.name}`, (client) =>
        client.dns.records.update(id, { ...fixed, ...cname }),
      );
    },

    delete: async (id) => {
      try {
        await call(`delete the DNS record ${id}`, (client) => client.dns.records.delete(id, zone));
      } catch (error) {
        if (!(error instanceof CloudflareRejectedError && error.status === 404)) throw error;
      }
    },
  };
};
