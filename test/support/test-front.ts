// What the front of a machine adds to the answer of a probe, for servers in tests that stand in for one.
import type { IncomingHttpHeaders } from "node:http";
import {
  type FrontAnswer,
  frontHeaders,
  machineIdentity,
  probeHeaders,
  proofOf,
} from "../../core/machine/front.ts";

export interface TestMachine {
  generation: string;
  instanceId: string;
}

/** None, when whoever asks does not know the machine's generation. */
export const answerHeaders = (
  asked: IncomingHttpHeaders,
  { generation, instanceId }: TestMachine,
  state: FrontAnswer["state"] = "serving",
): Record<string, string> => {
  const nonce = String(asked[probeHeaders.nonce]);
  if (asked[probeHeaders.proof] !== proofOf(generation, nonce)) return {};
  return {
    [frontHeaders.nonce]: nonce,
    [frontHeaders.machine]: machineIdentity(generation, instanceId),
    [frontHeaders.application]: `sha256:${"a".repeat(64)}`,
    [frontHeaders.settings]: "0",
    [frontHeaders.state]: state,
  };
};
