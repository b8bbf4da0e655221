// How a line of the table of powers is written.
import type { Request } from "../../../local/iam/decision.ts";
import { deprovisionTasks, provisionTasks, repairTasks, sweepTasks } from "../../support/task-names.ts";

export interface Power extends Request {
  roles: readonly string[];
}

export const only = (roles: readonly string[], request: Request): Power => ({ ...request, roles });

export const nobody: string[] = [];

export const lifeTasks = [...provisionTasks, ...deprovisionTasks];
export const allTasks = [...new Set([...lifeTasks, ...sweepTasks, ...repairTasks])];
export const launch = ["launch-instance"];
