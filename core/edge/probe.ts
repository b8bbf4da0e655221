// What a probe asks for, and what it can find.
import type { FrontAnswer } from "../machine/front.ts";
import type { HealthCause } from "../tenant/tenant.ts";

/** What keeps a tenant from being served, as far as one request tells. */
export const probeCauses = [
  /** no connector of the tunnel is connected */
  "connector",
  /** no record, or one that leads to no tunnel */
  "record",
  /** the connector has no rule that leads to the front */
  "ingress",
  /** an error page that is neither the front's nor the connector's */
  "edge",
  /** something else answered: a cache, a Worker, another tunnel */
  "stranger",
  /** the front of another machine of this generation */
  "misrouted",
  /** the application, by its front */
  "origin",
  /** no answer in time */
  "silent",
] as const satisfies readonly HealthCause[];
export type ProbeCause = (typeof probeCauses)[number];

/**
 * What a GET found: a 200 of the machine that was meant; that machine, whose application is still starting; a tenant that
 * is not served, with what is wrong; or nothing that tells whether it is served, such as an edge that cannot be reached.
 * `words` fit after "not served: ".
 */
export type ProbeResult =
  | { kind: "ok"; answer: FrontAnswer }
  | { kind: "starting"; words: string }
  | { kind: "bad"; cause: ProbeCause; words: string }
  | { kind: "unknown"; words: string };

/** Who is asked, and which machine should answer. */
export interface ProbeTarget {
  hostname: string;
  path: string;
  generation: string;
  /** any machine of the generation without it */
  instanceId?: string | undefined;
}
