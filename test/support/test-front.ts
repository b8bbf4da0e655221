// What the front of a machine adds to the answer of a probe, for servers in tests that stand in for one.
import type { IncomingHttpHeaders } from "node:http";
import { type FrontAnswer, machineIdentity } from "../../core/machine/front.ts";
import { proofHeaders } from "../../local/front/proof-headers.ts";

export interface TestMachine {
  generation: string;
  instanceId: string;
}

/** None, when whoever asks does not know the machine's generation. */
export const answerHeaders = (
  asked: IncomingHttpHeaders,
  { generation, instanceId }: TestMachine,
  state: FrontAnswer["state"] = "serving",
): Record<string, string> =>
  proofHeaders(asked, generation, {
    machine: machineIdentity(generation, instanceId),
    application: `sha256:${"a".repeat(64)}`,
    settings: "0",
    state,
  });
