// The workflows' steps in order, by the names of their states: a status page shows how many are done.
import type { Tenant } from "./tenant.ts";

export const provisionSteps = [
  "Create Tunnel",
  "Launch Instance",
  "Create Data Volume",
  "Create Secrets",
  "Grant Secrets",
  "Create DNS Record",
  "Probe Tenant",
] as const;
export type ProvisionStep = (typeof provisionSteps)[number];

export const deprovisionSteps = [
  "Await Running Workflows",
  "Delete DNS Record",
  "Delete Instance",
  "Delete Data Volume",
  "Delete Tunnel",
  "Delete Secrets",
  "Verify Removal",
] as const;
export type DeprovisionStep = (typeof deprovisionSteps)[number];

export interface Progress {
  /** the first step that has not finished */
  step: string;
  /** its place, from 1 */
  number: number;
  of: number;
  /** when it started, as far as the row tells: when the step before it finished */
  startedAt: string;
  /** what the last try of a step that has not finished found, where it has to wait */
  waitingFor?: string;
}

/** How far the workflow under way has come; undefined when the row says that none is. */
export const progress = (row: Tenant): Progress | undefined => {
  if (row.status !== "provisioning" && row.status !== "deleting") return undefined;
  const steps: readonly string[] = row.status === "provisioning" ? provisionSteps : deprovisionSteps;
  const finished = steps.flatMap((step) => row.steps[step] ?? []);
  const step = steps.find((name) => row.steps[name] === undefined) ?? steps.at(-1) ?? "";
  const startedAt = finished.toSorted().at(-1) ?? row.updatedAt;
  const waits = row.waiting && row.steps[row.waiting.step] === undefined;
  return {
    step,
    number: Math.min(finished.length + 1, steps.length),
    of: steps.length,
    startedAt,
    ...(waits && { waitingFor: row.waiting?.reason }),
  };
};
