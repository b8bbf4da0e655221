// The Lambdas of one workflow: those that its file names, each described by its task, allowed what the table says, and
// ended before the state that runs it.
import { Construct } from "constructs";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import type { TaskName } from "../../lambdas/tasks.ts";
import { TaskFunction } from "../constructs/task-function.ts";
import { type TaskResources, taskEnvironment } from "../constructs/task-resources.ts";
import { permissionsByTask } from "./permissions-by-task.ts";
import { tasksOf, timeoutSecondsOf } from "./workflow-tasks.ts";

export interface TaskFunctionsProps {
  workflow: WorkflowName;
  resources: TaskResources;
  /** Of workflows made before, which may run some of the same tasks. */
  existing?: readonly TaskFunction[];
}

/** What a task needs that is not the default. */
const memoryMiB: Partial<Record<TaskName, number>> = {
  // What 10,000 tenants must fit into.
  "survey-fleet": 512,
};

export class TaskFunctions extends Construct {
  /** Of the existing ones, those that this workflow runs as well. */
  readonly all: readonly TaskFunction[];

  constructor(scope: Construct, id: string, { workflow, resources, existing = [] }: TaskFunctionsProps) {
    super(scope, id);
    const environment = taskEnvironment(this, resources);
    this.all = tasksOf(workflow).map((task) => {
      const made = existing.find((one) => one.task === task.name);
      if (made) return made;
      return new TaskFunction(this, constructId(task.name), {
        deployment: resources,
        task,
        environment,
        timeoutSeconds: timeoutSecondsOf(task.name),
        memoryMiB: memoryMiB[task.name],
        permissions: permissionsByTask[task.name](resources),
      });
    });
  }
}

/** Part of the logical ids: another one would make CloudFormation replace what has a fixed name, which it cannot. */
const constructId = (task: TaskName): string =>
  task.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
