// What is wrong with a tenant, and which repairs may help, from the smallest to the largest: pure, so that every
// combination can be tried in a test.
import type { Instance } from "../../core/aws/instances.ts";
import type { StatusCheck } from "../../core/aws/status-check.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import { machineCauses } from "../../core/repair/machine-causes.ts";
import type { Rung } from "../../core/repair/rungs.ts";
import type { HealthCause } from "../../core/tenant/tenant.ts";

export type Finding = HealthCause | "healthy" | "unknown";

/** What a machine that runs was seen to do. */
export interface Served {
  machine: Instance;
  check: StatusCheck;
  probe: ProbeResult;
  /** what the sweep found wrong, for what only Cloudflare's API tells */
  cause: HealthCause | undefined;
}

interface Judgement {
  finding: Finding;
  /** why, in words that end a sentence begun with what is asked for */
  words: string;
}

/** Empty where no repair of a machine helps, where none is needed, or where nothing is certain. */
export const ladders: Record<Finding, readonly Rung[]> = {
  // Without the tenants' security group a machine may not reach Cloudflare.
  connector: [
    "correct-route",
    "correct-machine",
    "restart-connector",
    "correct-secrets",
    "reboot-instance",
    "replace-instance",
  ],
  origin: [
    "correct-machine",
    "restart-application",
    "correct-secrets",
    "reboot-instance",
    "replace-instance",
  ],
  // Of an application that hangs the front tells, and the edge soon misses a connector: silent for longer is the front.
  silent: ["restart-front", "restart-connector", "reboot-instance", "replace-instance"],
  stopped: ["start-instance", "reboot-instance", "replace-instance"],
  impaired: ["reboot-instance", "replace-instance"],
  missing: ["correct-route", "correct-machine", "correct-secrets", "replace-instance"],
  tunnel: ["correct-route", "restart-connector", "correct-secrets", "reboot-instance", "replace-instance"],
  // An error page without the front's word is the edge's own, or that of a connector that does not reach the front: in
  // doubt, no machine is rebooted or replaced for it.
  edge: ["correct-route", "restart-front"],
  // For a tunnel that had to be made anew.
  record: ["correct-route", "restart-connector"],
  ingress: ["correct-route"],
  stranger: ["correct-route"],
  misrouted: [],
  connections: [],
  drift: ["correct-route", "correct-machine", "correct-secrets"],
  silence: [],
  healthy: [],
  unknown: [],
};

/** Whoever is served is healthy, or differs from what its row wants; whoever may be served is left alone. */
export const diagnose = ({ machine, check, probe, cause }: Served): Judgement => {
  if (probe.kind === "ok")
    return cause === "drift"
      ? { finding: "drift", words: "is served, though something of it was changed by hand" }
      : { finding: "healthy", words: "is served" };
  const words = `is not served: ${probe.words}`;
  // An application that is complained of is behind a tunnel that is there.
  if (cause === "tunnel" && (probe.kind !== "bad" || probe.cause === "connector"))
    return { finding: "tunnel", words: `${words}; Cloudflare knows no tunnel of this tenant's` };
  // A sweep has waited for it longer than a machine may start.
  if (probe.kind === "starting" && cause === "origin") return { finding: "origin", words };
  if (probe.kind !== "bad") return { finding: "unknown", words };
  if (!machineCauses.has(probe.cause)) return { finding: probe.cause, words };
  if (check === "impaired")
    return { finding: "impaired", words: `${words}; a status check of ${machine.id} failed` };
  if (check === "initializing")
    return { finding: "unknown", words: `${words}; its machine ${machine.id} is still starting` };
  return { finding: probe.cause, words };
};
