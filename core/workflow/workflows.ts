// The workflows, each said once: when a tenant's row asks for it, what its execution is called and given, how long it may
// take, and how long a removal lets it run on. Dispatcher, permissions, resume-work and await-running-workflows go by this.
import type { Incarnation } from "../tenant/names.ts";
import type { TenantStatus } from "../tenant/status.ts";
import { deletionName, provisionName, removalName, repairName } from "./execution-names.ts";

/** Seconds. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** What a row says about its executions. */
export interface RowCounters extends Incarnation {
  /** how often a removal was asked for */
  deletions: number;
  /** how many repairs were begun; only the last can still run */
  repairs: number;
}

export interface WorkflowStart {
  workflow: TenantWorkflowName;
  /** the execution's */
  name: string;
  input: Incarnation & { reason?: "delete" | "removed"; attempt?: number; repairs?: number };
}

export type TenantWorkflowName = "provision-tenant" | "repair-tenant" | "deprovision-tenant";

/** While a row has one of these, a workflow is at work on it, or should be. */
export const statusesAtWork = ["provisioning", "repairing", "deleting"] as const satisfies TenantStatus[];
type StatusAtWork = (typeof statusesAtWork)[number];

export const isAtWork = (status: TenantStatus): status is StatusAtWork =>
  (statusesAtWork as readonly TenantStatus[]).includes(status);

interface TenantWorkflow {
  /** the row's, from the order until the end */
  status: StatusAtWork;
  /** how a row that does not wait for its turn comes to that status, as the table's stream tells it */
  event: "INSERT" | "MODIFY";
  /** undefined when the row was never worked on by it */
  start(row: RowCounters): Omit<WorkflowStart, "workflow"> | undefined;
  /** in seconds; the definition's TimeoutSeconds */
  timeLimit: number;
  /** in seconds: a removal stops one that is older; without it, a removal waits for none */
  stoppedByRemovalAfter?: number;
}

const incarnation = ({ slug, generation }: Incarnation): Incarnation => ({ slug, generation });

export const tenantWorkflows: Readonly<Record<TenantWorkflowName, TenantWorkflow>> = {
  "provision-tenant": {
    status: "provisioning",
    event: "INSERT",
    start: (row) => ({ name: provisionName(row), input: incarnation(row) }),
    timeLimit: 180 * HOUR,
    stoppedByRemovalAfter: 10 * MINUTE,
  },
  "deprovision-tenant": {
    status: "deleting",
    event: "MODIFY",
    start: (row) => ({
      name: deletionName(row, row.deletions),
      input: { ...incarnation(row), reason: "delete", repairs: row.repairs },
    }),
    timeLimit: 96 * HOUR,
  },
  "repair-tenant": {
    status: "repairing",
    event: "MODIFY",
    start: (row) =>
      row.repairs > 0
        ? { name: repairName(row, row.repairs), input: { ...incarnation(row), attempt: row.repairs } }
        : undefined,
    timeLimit: 288 * HOUR,
    stoppedByRemovalAfter: MINUTE,
  },
};

/** Started by a schedule, for the fleet. */
const scheduledWorkflowNames = ["health-sweep"] as const;

export type WorkflowName = TenantWorkflowName | (typeof scheduledWorkflowNames)[number];

export const tenantWorkflowNames = Object.keys(tenantWorkflows) as TenantWorkflowName[];
export const workflowNames: readonly WorkflowName[] = [...tenantWorkflowNames, ...scheduledWorkflowNames];

export const isStoppedByRemoval = (name: TenantWorkflowName): boolean =>
  tenantWorkflows[name].stoppedByRemovalAfter !== undefined;

/** What is at work on a row of this status; undefined when nothing is. */
export const workflowOf = (status: TenantStatus): TenantWorkflowName | undefined =>
  tenantWorkflowNames.find((name) => tenantWorkflows[name].status === status);

/** The execution that the row's own counters name. */
export const startOf = (workflow: TenantWorkflowName, row: RowCounters): WorkflowStart | undefined => {
  const start = tenantWorkflows[workflow].start(row);
  return start && { workflow, ...start };
};

/** For a row that somebody removed by hand. */
export const startForRemovedRow = (row: RowCounters): WorkflowStart => ({
  workflow: "deprovision-tenant",
  name: removalName(row),
  input: { ...incarnation(row), reason: "removed", repairs: row.repairs },
});

/** @param prefix what the ARNs of the stage's state machines begin with */
export const arnOfWorkflow = (prefix: string, workflow: WorkflowName): string => `${prefix}${workflow}`;
