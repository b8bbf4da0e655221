// Faults that a test orders in advance: Cloudflare failing at a given endpoint, on a given call.
import * as z from "zod";
import type { Endpoint } from "./calls.ts";

/** The endpoints that answer in pages. */
const LISTINGS: readonly Endpoint[] = [
  "GET /zones",
  "GET /zones/{zone_id}/dns_records",
  "GET /accounts/{account_id}/cfd_tunnel",
];

const order = z.strictObject({
  endpoint: z.string(),
  /** Only calls that name this are counted and hit: a slug, an id; in their path, their query or their body. */
  about: z.string().min(1).default(""),
  /** Which call to the endpoint is hit first, counted from now: 1 is the next. */
  nth: z.int().positive().default(1),
  /** How many calls in a row are hit. */
  times: z.int().positive().default(1),
  effect: z.discriminatedUnion("kind", [
    /** Answers this instead; nothing changes. A string body is sent as it is. */
    z.strictObject({
      kind: z.literal("status"),
      status: z.int().min(400).max(599),
      body: z.unknown().optional(),
    }),
    /** Never answers; nothing changes. */
    z.strictObject({ kind: z.literal("hang") }),
    /** Answers 200 with something that is not JSON; nothing changes. */
    z.strictObject({ kind: z.literal("garbage") }),
    /** Does what was asked, then cuts the connection without an answer. */
    z.strictObject({ kind: z.literal("lost-answer") }),
    /**
     * Leaves the second half of the page out. Honest: `result_info` still counts all of it; otherwise it says that
     * the half is all there is.
     */
    z.strictObject({ kind: z.literal("half-listing"), honest: z.boolean().default(true) }),
  ]),
});

export const fault = order.refine(
  ({ endpoint, effect }) => effect.kind !== "half-listing" || LISTINGS.includes(endpoint),
  { path: ["endpoint"], error: `half-listing needs an endpoint that lists: ${LISTINGS.join(", ")}` },
);
export type Fault = z.infer<typeof fault>;
export type FaultOrder = z.input<typeof fault>;
export type FaultEffect = Fault["effect"];

export class FaultPlan {
  #planned: { fault: Fault; seen: number }[] = [];

  add(ordered: Fault): void {
    this.#planned.push({ fault: ordered, seen: 0 });
  }

  /**
   * The effect on this call, if one was ordered; every order that concerns the call counts it.
   * @param sent path, query and body
   */
  take(endpoint: Endpoint, sent: string): FaultEffect | undefined {
    const concerned = this.#planned.filter(
      ({ fault }) => fault.endpoint === endpoint && sent.includes(fault.about),
    );
    for (const planned of concerned) planned.seen += 1;
    const hit = concerned.find(({ fault: { nth, times }, seen }) => seen >= nth && seen < nth + times);
    this.#planned = this.#planned.filter(({ fault: { nth, times }, seen }) => seen < nth + times - 1);
    return hit?.fault.effect;
  }

  clear(): void {
    this.#planned = [];
  }
}
