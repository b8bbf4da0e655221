// Tunnels at Cloudflare a page at a time: the client's own paging makes one call too many. Each page is held against
// what Cloudflare says of the whole, so that half a listing is not taken for all of it.
import type { CloudflareTunnel } from "cloudflare/resources/shared";
import { BaseCloudflared } from "cloudflare/resources/zero-trust/tunnels/cloudflared/cloudflared";
import { createClient } from "cloudflare/tree-shakable";
import { type CloudflareAccess, cloudflareCall } from "../../core/cloudflare/cloudflare.ts";
import { tunnels } from "../../core/cloudflare/tunnels.ts";
import { totalOf } from "../../core/cloudflare/whole-listing.ts";
import { CloudflareUnavailableError } from "../../core/errors.ts";
import { type TunnelFact, tunnelStatuses } from "./facts.ts";

export interface TunnelPages {
  /** @param number from 1 */
  read(prefix: string, number: number): Promise<TunnelPage>;
  /** Whether a tunnel of this id and name is there after all. */
  exists(id: string, name: string): Promise<boolean>;
}

interface TunnelPage {
  tunnels: { name: string; fact: TunnelFact }[];
  /** of all pages */
  count: number;
  /** why these are not all of the page's tunnels */
  trouble?: string;
}

/** The most that one call answers (Cloudflare's documentation). */
const SIZE = 1_000;

export const tunnelPages = (access: CloudflareAccess, accountId: string): TunnelPages => {
  const call = cloudflareCall(access, (options) =>
    createClient({ ...options, resources: [BaseCloudflared] }),
  );
  const { look } = tunnels(access, accountId);
  const account = { account_id: accountId };
  return {
    read: async (prefix, number) => {
      const what = `list the tunnels ${prefix}…, page ${number}`;
      const query = { ...account, include_prefix: prefix, is_deleted: false, page: number, per_page: SIZE };
      const listing = await call(what, (client) => client.zeroTrust.tunnels.cloudflared.list(query));
      const { result } = listing;
      const total = totalOf(listing);
      if (total === undefined) {
        throw new CloudflareUnavailableError(`Cloudflare does not tell the total in its answer to: ${what}.`);
      }
      const page = { tunnels: result.map(slim), count: Math.ceil(total / SIZE) };
      const expected = Math.min(Math.max(total - (number - 1) * SIZE, 0), SIZE);
      if (result.length === expected) return page;
      return { ...page, trouble: `Cloudflare gave ${result.length} of ${expected} tunnels to: ${what}.` };
    },

    exists: async (id, name) => (await look(id))?.name === name,
  };
};

/** A status that is not known here is no evidence; `connections` may become empty one day (the client's types). */
const slim = ({ name = "", status, connections = [] }: CloudflareTunnel): TunnelPage["tunnels"][number] => {
  const known = tunnelStatuses.find((one) => one === status);
  return { name, fact: known ? { status: known, connections: connections.length } : "unknown" };
};
