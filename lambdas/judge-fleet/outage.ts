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
  /** repairs that may be under way all the same */
  lets: { repairs: number; why: string };
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
  { bad, judged, recent }: Pick<Fleet, "bad" | "judged" | "recent">,
  limits: OutageLimits,
  now: number,
): Outage | undefined => {
  if (!isMuch(bad.total, judged, limits)) return undefined;
  const kind = commonKind(bad);
  const lets = lettingThrough(kind !== undefined, isSettled(bad, now), recent);
  return { bad: bad.total, judged, share: bad.total / judged, looksLike: looksLike(kind, bad), lets };
};

/** In milliseconds: a cause that they have in common would still bring down more, or let go of some. */
const SETTLED = 5 * 60_000;

const isSettled = ({ newest = "" }: Fleet["bad"], now: number): boolean =>
  newest !== "" && now - Date.parse(newest) >= SETTLED;

/** One repair, then as many again as were proved to help; none for a while after one that did not. */
const lettingThrough = (
  inCommon: boolean,
  settled: boolean,
  { proved, failed }: Fleet["recent"],
): Outage["lets"] => {
  if (inCommon && !settled)
    return { repairs: 0, why: "they seem to have one cause in common, and it is recent" };
  if (failed > 0) return { repairs: 0, why: `${failed} of the last repairs did not help` };
  const why = settled ? "nothing new went bad for some minutes" : "each seems to have a cause of its own";
  return { repairs: Math.max(1, proved), why: `${why}; ${proved} of the last repairs helped` };
};

/** That of more than half of them. */
const commonKind = ({ byCause, total }: Fleet["bad"]): Kind | undefined => {
  const byKind: Record<Kind, number> = {
    machines: 0,
    path: 0,
    edge: 0,
    application: 0,
    silence: 0,
    hands: 0,
  };
  for (const [cause, count = 0] of Object.entries(byCause)) byKind[kinds[cause as HealthCause]] += count;
  const [kind, count] = largest(byKind);
  return kind === "" || count <= MOST * total ? undefined : kind;
};

const looksLike = (kind: Kind | undefined, bad: Fleet["bad"]): string =>
  `${kind ? words[kind](bad) : "several things at once"}: ${listed(bad.byCause)}.`;

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
