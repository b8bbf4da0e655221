// Reads a workflow's Amazon States Language file: which placeholders it has, and which states call what.
import { readFileSync } from "node:fs";

export interface TaskState {
  name: string;
  /** Such as `arn:aws:states:::lambda:invoke`. */
  resource: string;
  /** Its Arguments. */
  parameters: Record<string, unknown>;
}

export interface StateMachineFile {
  path: string;
  definition: string;
  comment: string;
  placeholders: ReadonlySet<string>;
  tasks: readonly TaskState[];
}

interface State {
  Type: string;
  Resource?: string;
  Arguments?: Record<string, unknown>;
  Branches?: States[];
  ItemProcessor?: States;
}

interface States {
  States: Record<string, State>;
}

export function readStateMachine(path: string): StateMachineFile {
  const machine = JSON.parse(readFileSync(path, "utf8")) as States & { Comment?: string };
  const definition = JSON.stringify(machine);
  const placeholders = Array.from(definition.matchAll(/\$\{(\w+)\}/g), ([, name = ""]) => name);
  return {
    path,
    definition,
    comment: machine.Comment ?? "",
    placeholders: new Set(placeholders),
    tasks: tasksOf(machine),
  };
}

const tasksOf = ({ States }: States): TaskState[] =>
  Object.entries(States).flatMap(([name, { Type, Resource = "", Arguments = {}, ...state }]) => {
    const nested = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])];
    const own = Type === "Task" ? [{ name, resource: Resource, parameters: Arguments }] : [];
    return [...own, ...nested.flatMap(tasksOf)];
  });
