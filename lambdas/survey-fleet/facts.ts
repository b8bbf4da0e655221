// What a sweep knows about one tenant before it judges. "unknown" is never evidence: the API that would tell failed, or
// told only a part.
import type * as z from "zod";
import type { Instance } from "../../core/aws/instances.ts";
import type { StatusCheck } from "../../core/aws/status-check.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import { tenant } from "../../core/tenant/tenant.ts";

/** The part of a row that a sweep reads. */
export const fleetRow = tenant.pick({
  slug: true,
  generation: true,
  status: true,
  updatedAt: true,
  resources: true,
  failure: true,
  health: true,
  repair: true,
  deletions: true,
  queue: true,
  queuedAt: true,
});
export type FleetRow = z.output<typeof fleetRow>;

/** A row that is judged: of a tenant that is meant to be served, and that no workflow is at work on. */
export type JudgedRow = FleetRow & { status: "ready" | "degraded" };

export const isJudged = (row: FleetRow): row is JudgedRow =>
  row.status === "ready" || row.status === "degraded";

export const tunnelStatuses = ["healthy", "degraded", "down", "inactive"] as const;
interface TunnelState {
  status: (typeof tunnelStatuses)[number];
  connections: number;
}
export type TunnelFact = TunnelState | "missing" | "unknown";

export interface InstanceState {
  state: Instance["state"];
  checks: StatusCheck;
  zone: string;
  /** what of it is not as it was made, in words: its tags, its data volume, what it may do, who may reach it */
  drift?: string;
}
export type InstanceFact = InstanceState | "missing" | "unknown";

export interface Facts {
  tunnel: TunnelFact;
  instance: InstanceFact;
  /** undefined: not asked */
  probe: ProbeResult | undefined;
  /** what of its parameters is not as it was made, in words; undefined: nothing, or not asked */
  secrets?: string | undefined;
}
