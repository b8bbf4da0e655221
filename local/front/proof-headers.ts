// What a front answers to a probe: to one whose proof is right, who it is.
import type { IncomingHttpHeaders } from "node:http";
import { type FrontAnswer, frontHeaders, probeHeaders, proofOf } from "../../core/machine/front.ts";

/** None for visitors, who do not know the generation. */
export const proofHeaders = (
  asked: IncomingHttpHeaders,
  generation: string,
  { machine, application, settings, state }: FrontAnswer,
): Record<string, string> => {
  const nonce = String(asked[probeHeaders.nonce]);
  if (!/^[0-9a-f]{32}$/.test(nonce) || asked[probeHeaders.proof] !== proofOf(generation, nonce)) return {};
  return {
    [frontHeaders.nonce]: nonce,
    [frontHeaders.machine]: machine,
    [frontHeaders.application]: application,
    [frontHeaders.settings]: settings,
    [frontHeaders.state]: state,
    "cache-control": "no-store",
  };
};
