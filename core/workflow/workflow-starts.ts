// Which execution of which workflow a tenant's row asks for. The dispatcher starts it when the row changes, and a sweep
// when that start was lost: both must mean the very same one.
import type * as z from "zod";
import type { variables } from "../handler/environment.ts";
import type { Incarnation } from "../tenant/names.ts";
import { deletionName, provisionName, removalName, repairName } from "./execution-names.ts";

export interface WorkflowStart {
  workflow: "provision" | "repair" | "deprovision";
  /** the execution's */
  name: string;
  input: Incarnation & {
    reason?: "delete" | "removed";
    /** of a repair */
    attempt?: number;
    /** for a removal: how many repairs were begun, the last of which may still run */
    repairs?: number;
  };
}

export const provisionStart = (of: Incarnation): WorkflowStart => ({
  workflow: "provision",
  name: provisionName(of),
  input: of,
});

export const repairStart = (of: Incarnation, attempt: number): WorkflowStart => ({
  workflow: "repair",
  name: repairName(of, attempt),
  input: { ...of, attempt },
});

/** @param deletions how often a removal was asked for */
export const deletionStart = (of: Incarnation, deletions: number, repairs: number): WorkflowStart => ({
  workflow: "deprovision",
  name: deletionName(of, deletions),
  input: { ...of, reason: "delete", repairs },
});

/** For a row that somebody removed by hand. */
export const removalStart = (of: Incarnation, repairs: number): WorkflowStart => ({
  workflow: "deprovision",
  name: removalName(of),
  input: { ...of, reason: "removed", repairs },
});

type Arns = Pick<
  z.output<typeof variables>,
  "PROVISION_WORKFLOW_ARN" | "REPAIR_WORKFLOW_ARN" | "DEPROVISION_WORKFLOW_ARN"
>;

export const workflowArn = ({ workflow }: WorkflowStart, env: Arns): string =>
  ({
    provision: env.PROVISION_WORKFLOW_ARN,
    repair: env.REPAIR_WORKFLOW_ARN,
    deprovision: env.DEPROVISION_WORKFLOW_ARN,
  })[workflow];
