// Looks a hostname up at its zone's own name servers. An ordinary resolver that is asked a moment too early remembers
// that the name does not exist for as long as the zone's SOA says, half an hour at Cloudflare, and the probe with it.
import dns from "node:dns";
import { Resolver } from "node:dns/promises";
import type { LookupFunction } from "node:net";

type Resolve4 = (hostname: string) => Promise<string[]>;

/** "There is no such name" and "it has no such record": what only the zone itself can say for certain. */
const isAbsence = (error: unknown): boolean =>
  ["ENOTFOUND", "ENODATA"].includes((error as NodeJS.ErrnoException).code ?? "");

/**
 * A lookup for node:net. Where the name servers cannot be found or reached, the system's own lookup answers.
 * @param baseDomain the zone, or a name below it
 */
export const zoneLookup = (
  baseDomain: string,
  find: (name: string) => Promise<Resolve4> = zoneResolver,
): LookupFunction => {
  let zone: Promise<Resolve4> | undefined;
  return (hostname, options, callback) => {
    zone ??= find(baseDomain);
    const asked = zone;
    asked
      .then((resolve4) => resolve4(hostname))
      .then(
        (addresses) => answer(addresses, options.all, callback),
        (error) => {
          if (isAbsence(error) && error.hostname === hostname) return callback(error, "");
          // Thousands may fail together: only the first of them has the servers found anew.
          if (zone === asked) zone = undefined;
          dns.lookup(hostname, options, callback);
        },
      );
  };
};

/** Node asks for all addresses when it may choose the family itself, and for one otherwise. */
const answer = (
  addresses: string[],
  all: boolean | undefined,
  callback: Parameters<LookupFunction>[2],
): void => {
  if (all)
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  else callback(null, addresses[0] ?? "", 4);
};

/**
 * Asks the name servers of the nearest zone that holds the name.
 * @param ordinaryServers that find them; the system's own without it
 * @param port of the zone's name servers
 */
export const zoneResolver = async (
  name: string,
  ordinaryServers?: string[],
  port = 53,
): Promise<Resolve4> => {
  const ordinary = new Resolver({ timeout: 2_000, tries: 2 });
  if (ordinaryServers) ordinary.setServers(ordinaryServers);
  const servers = await nameServers(name, ordinary);
  const addresses = await Promise.all(servers.map((server) => ordinary.resolve4(server)));
  const zone = new Resolver({ timeout: 2_000, tries: 1 });
  zone.setServers(addresses.flat().map((address) => `${address}:${port}`));
  return (hostname) => zone.resolve4(hostname);
};

const nameServers = async (name: string, resolver: Resolver): Promise<string[]> => {
  try {
    return await resolver.resolveNs(name);
  } catch (error) {
    const parent = name.slice(name.indexOf(".") + 1);
    if (!isAbsence(error) || !parent.includes(".")) throw error;
    return nameServers(parent, resolver);
  }
};
