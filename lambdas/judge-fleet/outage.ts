// Whether so much of the fleet is not served at once that it is no matter of single machines, and what it looks like.
// Pure. A repair would not help then, and a hundred at once would make it worse.
import { isMuch, type OutageLimits } from "../../core/fleet/outage-limits.ts";
import type { HealthCause } from "../../core/tenant/tenant.ts";
import type { Fleet } from "./fleet.ts";

export interface Outage {
  bad: number;
  judged: number;
  /** bad of judged, 0 to 1 */
  share: number;
  /** where to look first, in words */
  looksLike: string;
}

type Kind = "machines" | "path" | "edge" | "application" | "silence" | "hands";

const kinds: Record<HealthCause, Kind> = {
  missing: "machines",
  stopped: "machines",
  impaired: "machines",
  connector: "path",
  connections: "path",
  tunnel: "path",
  origin: "application",
  silent: "silence",
  silence: "silence",
  drift: "hands",
  record: "hands",
  ingress: "hands",
  stranger: "hands",
  misrouted: "hands",
  edge: "edge",
};

/** More than this part of the bad ones in one zone, or of one kind, and it is the one to name. */
const MOST = 0.5;

export interface Blindness {
  unknown: number;
  judged: number;
  /** what could not be asked, in words */
  why: string;
}

/** So much of the fleet is unknown that an outage would not be seen. */
export const blindnessIn = (
  { counts: { unknown }, judged, troubles }: Pick<Fleet, "counts" | "judged" | "troubles">,
  limits: OutageLimits,
): Blindness | undefined => {
  if (!isMuch(unknown, judged, limits)) return undefined;
  return {
    unknown,
    judged,
    why: troubles.join(" ") || "the tenants' answers tell nothing; see health in their rows",
  };
};

/** @returns undefined while single machines are to be repaired */
export const outageIn = (
  { bad, judged }: Pick<Fleet, "bad" | "judged">,
  limits: OutageLimits,
): Outage | undefined => {
  if (!isMuch(bad.total, judged, limits)) return undefined;
  return { bad: bad.total, judged, share: bad.total / judged, looksLike: looksLike(bad) };
};

const looksLike = (bad: Fleet["bad"]): string => {
  const byKind: Record<Kind, number> = {
    machines: 0,
    path: 0,
    edge: 0,
    application: 0,
    silence: 0,
    hands: 0,
  };
  for (const [cause, count = 0] of Object.entries(bad.byCause)) byKind[kinds[cause as HealthCause]] += count;
  const [kind, count] = largest(byKind);
  if (kind === "" || count <= MOST * bad.total) return `several things at once: ${listed(bad.byCause)}.`;
  return `${words[kind](bad)}: ${listed(bad.byCause)}.`;
};

const words: Record<Kind, (bad: Fleet["bad"]) => string> = {
  machines: (bad) => `an outage at AWS${inZone(bad)}, or somebody stopped the machines`,
  path: (bad) => `an outage at Cloudflare, or of our network's way out${inZone(bad)}`,
  edge: () => "an outage of Cloudflare's edge: it answers in the machines' place",
  application: () => "the application itself, such as a bad release",
  silence: (bad) => `the application is overloaded or hangs, or the network${inZone(bad)} loses packets`,
  hands: () => "somebody, or another tool, who changes our resources",
};

const inZone = ({ byZone, total }: Fleet["bad"]): string => {
  const [zone, count] = largest(byZone);
  return count > MOST * total ? ` in ${zone}` : "";
};

const largest = <Key extends string>(counts: Record<Key, number>): [Key | "", number] =>
  (Object.entries(counts) as [Key, number][]).reduce<[Key | "", number]>(
    (one, other) => (other[1] > one[1] ? other : one),
    ["", 0],
  );

const listed = (counts: Partial<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([cause, count]) => `${count} ${cause}`)
    .join(", ");
