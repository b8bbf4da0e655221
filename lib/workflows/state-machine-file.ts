// Reads a workflow's Amazon States Language file: which placeholders it has, which states call what, and the definition
// that is deployed, which is the file's with the standard retries.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Retrier, standardRetries } from "./standard-retries.ts";

/** Each file is named as its workflow is. */
export const stateMachinePath = (workflow: string): string =>
  join(import.meta.dirname, "..", "..", "state-machines", `${workflow}.asl.json`);

/** `create-dns-record` is `${CreateDNSRecordFunctionArn}`, as its state is "Create DNS Record". */
export const functionPlaceholder = (task: string): string => {
  const words = task
    .split("-")
    .map((word) => (word === "dns" ? "DNS" : `${word[0]?.toUpperCase()}${word.slice(1)}`));
  return `${words.join("")}FunctionArn`;
};

export interface TaskState {
  name: string;
  /** Such as `arn:aws:states:::lambda:invoke`. */
  resource: string;
  /** Its Arguments. */
  parameters: Record<string, unknown>;
  timeoutSeconds: number | undefined;
}

export interface StateMachineFile {
  path: string;
  comment: string;
  placeholders: ReadonlySet<string>;
  tasks: readonly TaskState[];
  /** @param callsCloudflare asked of each placeholder of a Lambda @returns the definition as it is deployed, JSON */
  expanded(callsCloudflare: (placeholder: string) => boolean): string;
}

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Arguments?: Record<string, unknown>;
  Retry?: readonly Retrier[];
  Branches?: States[];
  ItemProcessor?: States;
}

interface States {
  States: Record<string, State>;
}

export const readStateMachine = (path: string): StateMachineFile => {
  const machine = JSON.parse(readFileSync(path, "utf8")) as States & { Comment?: string };
  const placeholders = Array.from(JSON.stringify(machine).matchAll(/\$\{(\w+)\}/g), ([, name = ""]) => name);
  return {
    path,
    comment: machine.Comment ?? "",
    placeholders: new Set(placeholders),
    tasks: taskStatesOf(machine),
    expanded: (callsCloudflare) => JSON.stringify(withRetries(machine, callsCloudflare)),
  };
};

const nestedIn = ({ Branches = [], ItemProcessor }: State): States[] => [
  ...Branches,
  ...(ItemProcessor ? [ItemProcessor] : []),
];

const taskStatesOf = ({ States }: States): TaskState[] =>
  Object.entries(States).flatMap(([name, state]) => {
    const {
      Type,
      Resource: resource = "",
      Arguments: parameters = {},
      TimeoutSeconds: timeoutSeconds,
    } = state;
    const own = Type === "Task" ? [{ name, resource, parameters, timeoutSeconds }] : [];
    return [...own, ...nestedIn(state).flatMap(taskStatesOf)];
  });

/** The placeholder that an argument is, without its braces; empty for anything else. */
export const placeholderIn = (argument: unknown): string => /^\$\{(\w+)\}$/.exec(String(argument))?.[1] ?? "";

const withRetries = <Machine extends States>(
  machine: Machine,
  callsCloudflare: (placeholder: string) => boolean,
): Machine => {
  const expand = (state: State): State => {
    const { Type, Resource = "", Arguments = {}, Retry = [], Branches, ItemProcessor } = state;
    const standard =
      Type === "Task"
        ? standardRetries(Resource, callsCloudflare(placeholderIn(Arguments.FunctionName)))
        : [];
    const all = [...Retry, ...standard];
    return {
      ...state,
      ...(all.length > 0 && { Retry: all }),
      ...(Branches && { Branches: Branches.map((branch) => withRetries(branch, callsCloudflare)) }),
      ...(ItemProcessor && { ItemProcessor: withRetries(ItemProcessor, callsCloudflare) }),
    };
  };
  const states = Object.entries(machine.States).map(([name, state]) => [name, expand(state)]);
  return { ...machine, States: Object.fromEntries(states) };
};
