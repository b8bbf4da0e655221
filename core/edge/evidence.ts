// What an answer proves: only one with the front's headers, the probe's own nonce and the machine's identity is the
// machine's. Everything else came from something in its place, and what that was is read from status and page.
import type { IncomingHttpHeaders } from "node:http";
import { type FrontAnswer, frontAnswer, frontHeaders, machineIdentity } from "../machine/front.ts";
import type { ProbeCause, ProbeResult, ProbeTarget } from "./probe.ts";
import { originInWords, routeTrouble } from "./status-messages.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** its beginning */
  page: string;
}

export const evidenceOf = (
  { status, headers, page }: Answer,
  nonce: string,
  { generation, instanceId }: ProbeTarget,
): ProbeResult => {
  const front = frontOf(headers);
  if (!front) return { kind: "bad", ...routeTrouble(status, page) };
  if (headers[frontHeaders.nonce] !== nonce)
    return bad(
      "stranger",
      `${status}, an answer to an earlier probe: a cache answers in the machine's place`,
    );
  if (instanceId && front.machine !== machineIdentity(generation, instanceId))
    return bad("misrouted", `${status}, from another machine of this tenant's than ${instanceId}`);
  return originOf(status, front);
};

const bad = (cause: ProbeCause, words: string): ProbeResult => ({ kind: "bad", cause, words });

const frontOf = (headers: IncomingHttpHeaders): FrontAnswer | undefined =>
  frontAnswer.safeParse({
    machine: headers[frontHeaders.machine],
    application: headers[frontHeaders.application],
    settings: headers[frontHeaders.settings],
    state: headers[frontHeaders.state],
  }).data;

/** A 4xx, a redirect or an empty answer may be the application's own word. */
const originOf = (status: number, front: FrontAnswer): ProbeResult => {
  if (front.state === "starting")
    return { kind: "starting", words: `${status}, its application is starting` };
  if (status === 200) return { kind: "ok", answer: front };
  const words = originInWords(status);
  return status >= 500 ? bad("origin", words) : { kind: "unknown", words };
};
