import { describe, expect, it } from "vitest";
import { stepsOf } from "../../core/handler/task.ts";
import { workflowNames } from "../../core/workflow/workflows.ts";
import { type TaskName, tasks } from "../../lambdas/tasks.ts";
import { readStateMachine, stateMachinePath } from "./state-machine-file.ts";
import { statesThatRun, tasksOf, timeoutSecondsOf } from "./workflow-tasks.ts";

const allStatesThatRun = (task: TaskName) =>
  workflowNames.flatMap((workflow) => statesThatRun(task, workflow));

describe("the workflows' files", () => {
  it("run every task in the states that its description names, and in no others", () => {
    const run = tasks.map(({ name }) => [
      name,
      [...new Set(allStatesThatRun(name).map((state) => state.name))].toSorted(),
    ]);

    expect(run).toEqual(tasks.map((task) => [task.name, stepsOf(task).toSorted()]));
  });

  it("give each task longer than it may take", () => {
    const late = tasks.filter(({ name }) =>
      allStatesThatRun(name).some(({ timeoutSeconds = 0 }) => timeoutSecondsOf(name) >= timeoutSeconds),
    );

    expect(late.map(({ name }) => name)).toEqual([]);
  });

  it.each(workflowNames)("run no Lambda but the registered tasks: %s", (workflow) => {
    const { placeholders } = readStateMachine(stateMachinePath(workflow));
    const functions = [...placeholders].filter((name) => name.endsWith("FunctionArn"));

    expect(tasksOf(workflow)).toHaveLength(functions.length);
  });
});
