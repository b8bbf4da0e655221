// The tasks of each workflow, by the workflows' own files.
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import type { TaskName } from "../../lambdas/tasks.ts";
import { tasksOf } from "../../lib/workflows/workflow-tasks.ts";

const namesOf = (workflow: WorkflowName): TaskName[] => tasksOf(workflow).map(({ name }) => name);

export const provisionTasks = namesOf("provision-tenant");
export const deprovisionTasks = namesOf("deprovision-tenant");
export const sweepTasks = namesOf("health-sweep");
export const repairTasks = namesOf("repair-tenant");
