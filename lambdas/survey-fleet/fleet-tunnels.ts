// What is known of all tunnels of the fleet, for one call more than there are pages at most. No call is repeated: the
// next sweep comes in a minute.
import type { CloudflareAccess } from "../../core/cloudflare/cloudflare.ts";
import { tunnelName, tunnelPrefix } from "../../core/tenant/names.ts";
import { bounded } from "./bounded.ts";
import type { FleetRow, TunnelFact } from "./facts.ts";
import { type TunnelPages, tunnelPages } from "./tunnel-pages.ts";

export interface FleetTunnels {
  /**
   * Never throws: what Cloudflare did not tell is unknown.
   * @param rows whose tunnels are wanted
   * @param initials what their slugs begin with; without them, any
   */
  read(rows: FleetRow[], initials?: string[]): Promise<TunnelReport>;
}

interface TunnelReport {
  of(row: FleetRow): TunnelFact;
  calls: number;
  /** of the account's calls, 0 to 1 */
  quotaLeft?: number;
  /** why the tunnels are not known, or not all of them */
  trouble?: string;
}

const PAGES_AT_ONCE = 5;
/** One reason is much like the next. */
const MOST_TROUBLES = 3;

export const fleetTunnels = (stage: string, accountId: string, access: CloudflareAccess): FleetTunnels => ({
  read: async (rows, initials) => {
    const spent: Pick<TunnelReport, "calls" | "quotaLeft"> = { calls: 0 };
    const pages = tunnelPages(counting(access, spent), accountId);
    const nameOf = (row: FleetRow): string => tunnelName({ stage, ...row });
    const listed = await list(pages, new Set(rows.map(nameOf)), stage, initials);
    const missing = rows.filter((row) => !listed.facts.has(nameOf(row)));
    const doubt = listed.troubles.length > 0 ? undefined : await doubtOf(missing, nameOf, pages);
    const troubles = doubt ? [doubt] : listed.troubles.slice(0, MOST_TROUBLES);
    const absent = troubles.length > 0 ? "unknown" : "missing";
    return {
      ...spent,
      of: (row) => listed.facts.get(nameOf(row)) ?? absent,
      ...(troubles.length > 0 && { trouble: troubles.join(" ") }),
    };
  },
});

const counting = (
  access: CloudflareAccess,
  spent: Pick<TunnelReport, "calls" | "quotaLeft">,
): CloudflareAccess => ({
  ...access,
  onCall: () => {
    spent.calls += 1;
    access.onCall?.();
  },
  onQuota: (left) => {
    spent.quotaLeft = Math.min(left, spent.quotaLeft ?? 1);
  },
});

interface Page {
  prefix: string;
  number: number;
}

interface Listed {
  /** by name, and only of tunnels that are wanted */
  facts: Map<string, TunnelFact>;
  troubles: string[];
}

/** The first page of a prefix tells how many more there are; without it, the rest is not asked for. */
const list = async (
  pages: TunnelPages,
  wanted: Set<string>,
  stage: string,
  initials: string[] = [""],
): Promise<Listed> => {
  const listed: Listed = { facts: new Map(), troubles: [] };
  const read = async ({ prefix, number }: Page): Promise<number> => {
    try {
      const page = await pages.read(prefix, number);
      for (const { name, fact } of page.tunnels) if (wanted.has(name)) listed.facts.set(name, fact);
      if (page.trouble) listed.troubles.push(page.trouble);
      return page.count;
    } catch (error) {
      listed.troubles.push((error as Error).message);
      return 0;
    }
  };
  const rest: Page[] = [];
  const readFirst = async (first: Page) => {
    const count = await read(first);
    for (let number = 2; number <= count; number += 1) rest.push({ ...first, number });
  };
  const firsts = initials.map((initial) => ({ prefix: tunnelPrefix(stage, initial), number: 1 }));
  await bounded(firsts, readFirst, { atOnce: PAGES_AT_ONCE });
  await bounded(rest, async (page) => void (await read(page)), { atOnce: PAGES_AT_ONCE });
  return listed;
};

/**
 * Reads one of the tunnels that a listing lacks, because the listing may have lost it. Answers why the listing is not to
 * be believed, or undefined when it is.
 */
const doubtOf = async (
  missing: FleetRow[],
  nameOf: (row: FleetRow) => string,
  pages: TunnelPages,
): Promise<string | undefined> => {
  const readable = missing.filter(({ resources }) => resources.tunnelId);
  const one = readable.find(({ health }) => health?.cause !== "tunnel") ?? readable[0] ?? missing[0];
  if (!one) return undefined;
  const { tunnelId } = one.resources;
  const doubt = `Cloudflare's listing lacks the tunnel ${nameOf(one)}, which`;
  if (!tunnelId) return `${doubt} may be there: its row does not hold its id.`;
  try {
    return (await pages.exists(tunnelId, nameOf(one))) ? `${doubt} is there.` : undefined;
  } catch (error) {
    return (error as Error).message;
  }
};
