// Which tasks a workflow runs, in which of its states, and how long these wait: told by its file alone.
import { type WorkflowName, workflowNames } from "../../core/workflow/workflows.ts";
import { type Task, type TaskName, tasks } from "../../lambdas/tasks.ts";
import {
  functionPlaceholder,
  readStateMachine,
  stateMachinePath,
  type TaskState,
} from "./state-machine-file.ts";

const files = new Map(workflowNames.map((name) => [name, readStateMachine(stateMachinePath(name))]));

/** A task ends so many seconds before its state would, so that the error is one that has a name. */
const MARGIN = 5;

export const statesThatRun = (task: TaskName, workflow: WorkflowName): TaskState[] => {
  const argument = `\${${functionPlaceholder(task)}}`;
  return (files.get(workflow)?.tasks ?? []).filter(({ parameters }) => parameters.FunctionName === argument);
};

/** In the registry's order. */
export const tasksOf = (workflow: WorkflowName): Task[] =>
  tasks.filter(({ name }) => statesThatRun(name, workflow).length > 0);

/** @throws where no state runs the task, or one that does has no time limit */
export const timeoutSecondsOf = (task: TaskName): number => {
  const states = workflowNames.flatMap((workflow) => statesThatRun(task, workflow));
  const shortest = Math.min(...states.map(({ timeoutSeconds }) => timeoutSeconds ?? 0));
  if (states.length > 0 && shortest > MARGIN) return shortest - MARGIN;
  throw new Error(
    `${task} gets its time limit from the states that run it, of which ${states.length} were found ` +
      `(${states.map(({ name, timeoutSeconds }) => `${name}: ${timeoutSeconds} s`).join(", ") || "none"}): ` +
      `each needs TimeoutSeconds above ${MARGIN}, and \${${functionPlaceholder(task)}} as its FunctionName.`,
  );
};
