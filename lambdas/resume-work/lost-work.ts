// What a row that is under way says about its execution: which one it is, and how long it may take.
import type * as z from "zod";
import { deletionName, provisionName, repairName } from "../common/execution-names.ts";
import type { Unfinished } from "../common/survey.ts";
import type { environment } from "./environment.ts";

type Environment = z.output<typeof environment>;

export interface Work {
  workflowArn: string;
  execution: string;
  input: object;
  /** in milliseconds */
  timeLimit: number;
}

const HOUR = 3_600_000;

/** The workflows' own limits: Step Functions ends what takes longer, and nobody writes that into the row. */
export const timeLimits = { provisioning: 8 * HOUR, repairing: 8 * HOUR, deleting: 4 * HOUR } as const;

/** The execution that the row's own counters name. */
export const workOf = (row: Unfinished, env: Environment): Work => {
  const { slug, generation, status, attempt, deletions } = row;
  const of = { slug, generation };
  const timeLimit = timeLimits[status];
  if (status === "provisioning") {
    return { workflowArn: env.PROVISION_WORKFLOW_ARN, execution: provisionName(of), input: of, timeLimit };
  }
  if (status === "repairing") {
    const execution = repairName(of, attempt);
    return { workflowArn: env.REPAIR_WORKFLOW_ARN, execution, input: { ...of, attempt }, timeLimit };
  }
  const input = { ...of, reason: "delete", repairs: attempt };
  const execution = deletionName(of, deletions);
  return { workflowArn: env.DEPROVISION_WORKFLOW_ARN, execution, input, timeLimit };
};
