// How a tenant stands, and which status may follow which: said here once, and enforced by whatever writes a row.
import * as z from "zod";
import { InvalidInputError } from "../errors.ts";

export const tenantStatus = z.enum(["provisioning", "ready", "repairing", "degraded", "deleting", "failed"]);
export type TenantStatus = z.infer<typeof tenantStatus>;

/** A removal may be asked for at any time; what is failed can only be removed. */
export const nextStatuses: Readonly<Record<TenantStatus, readonly TenantStatus[]>> = {
  provisioning: ["ready", "failed", "deleting"],
  ready: ["repairing", "degraded", "deleting"],
  repairing: ["ready", "degraded", "deleting"],
  degraded: ["ready", "repairing", "deleting"],
  deleting: ["failed"],
  failed: ["deleting"],
};

export interface StatusChange {
  from: TenantStatus;
  to: TenantStatus;
}

/** @throws InvalidInputError naming what is allowed */
export const checkStatusChange = ({ from, to }: StatusChange): void => {
  if (nextStatuses[from].includes(to)) return;
  const allowed = nextStatuses[from].join(", ");
  throw new InvalidInputError(`A tenant that is ${from} cannot become ${to}; allowed: ${allowed}.`);
};
