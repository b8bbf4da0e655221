// Walks a workflow's definition along every path that its tasks' answers and errors can lead it, without an emulator.
import { evaluate, now, type Value, type Variables } from "./jsonata.ts";

interface Transition {
  Next?: string;
  Assign?: object;
  Output?: unknown;
}

interface Catcher extends Transition {
  ErrorEquals: readonly string[];
}

interface State extends Transition {
  Type: string;
  Resource?: string;
  Arguments?: unknown;
  Error?: unknown;
  Cause?: unknown;
  Catch?: readonly Catcher[];
  Choices?: readonly (Transition & { Condition: string })[];
  Default?: string;
  Branches?: readonly Definition[];
}

export interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

interface ErrorOutput {
  Error: string;
  Cause?: string;
}

export interface Surroundings {
  execution: { Id: string; Name: string; Input: Value };
  /** What a task of these arguments may answer; throws where the arguments are not what it takes. */
  resultsOf(resource: string, args: Value): Value[];
  /** What a catcher of these errors may be given. */
  errorOf(names: readonly string[]): ErrorOutput;
}

interface Position {
  state: string;
  input: Value;
  variables: Variables;
}

/** How an execution, or a branch, can end. */
export interface End {
  state: string;
  failed: boolean;
  output: Value;
}

/** @returns the states that were visited, and every end @throws QueryEvaluationError naming the state */
export const walk = async (
  definition: Definition,
  around: Surroundings,
  input: Value = around.execution.Input,
  variables: Variables = {},
): Promise<{ visited: Set<string>; ends: End[] }> => {
  const visited = new Set<string>();
  const seen = new Set<string>();
  const ends = new Map<string, End>();
  const open: Position[] = [{ state: definition.StartAt, input, variables }];
  for (let at = open.pop(); at; at = open.pop()) {
    const key = JSON.stringify(at);
    if (seen.has(key)) continue;
    seen.add(key);
    visited.add(at.state);
    const { positions, ends: ended, inside } = await step(definition, at, around);
    open.push(...positions);
    for (const state of inside) visited.add(state);
    for (const end of ended) ends.set(JSON.stringify(end), end);
  }
  return { visited, ends: [...ends.values()] };
};

interface Step {
  positions: Position[];
  ends: End[];
  /** states of its branches that were visited */
  inside: string[];
}

const step = async (definition: Definition, at: Position, around: Surroundings): Promise<Step> => {
  const state = definition.States[at.state];
  if (!state) throw new Error(`There is no state ${at.state}`);
  try {
    return await stepOf(state, at, around);
  } catch (error) {
    const { name, message } = error as Error;
    throw new Error(`${at.state}, with ${JSON.stringify(at)}: ${name}: ${message}`, { cause: error });
  }
};

/** A state, what an execution has when it comes there, and the execution. */
interface Visit {
  state: State;
  at: Position;
  around: Surroundings;
}

const stepOf = (state: State, at: Position, around: Surroundings): Promise<Step> => {
  const visitor = visitors[state.Type];
  if (!visitor) throw new Error(`A state of type ${state.Type} is not known here`);
  return visitor({ state, at, around });
};

/** @param more what only this transition is given, such as a result */
const known = ({ at, around }: Visit, more: object = {}): Variables => {
  const context = { Execution: around.execution, State: { Name: at.state, EnteredTime: now() } };
  return { ...at.variables, states: { input: at.input, context, ...more } };
};

/** @param fallback the output where the transition does not say */
const follow = async (visit: Visit, by: Transition, fallback: Value, more: object = {}): Promise<Step> => {
  const { at } = visit;
  const given = known(visit, more);
  const output = by.Output === undefined ? fallback : await evaluate(by.Output, given);
  const variables = { ...at.variables, ...((await evaluate(by.Assign ?? {}, given)) as Variables) };
  return by.Next
    ? { positions: [{ state: by.Next, input: output, variables }], ends: [], inside: [] }
    : { positions: [], ends: [{ state: at.state, failed: false, output }], inside: [] };
};

const passOn = (visit: Visit) => follow(visit, visit.state, visit.at.input);

const fail = async (visit: Visit): Promise<Step> => {
  const output = await evaluate({ Error: visit.state.Error, Cause: visit.state.Cause }, known(visit));
  return { positions: [], ends: [{ state: visit.at.state, failed: true, output }], inside: [] };
};

const choose = async (visit: Visit): Promise<Step> => {
  const { state, at } = visit;
  for (const choice of state.Choices ?? []) {
    const chosen = await evaluate(choice.Condition, known(visit));
    if (typeof chosen !== "boolean") throw new Error(`${choice.Condition} is not a boolean`);
    if (chosen) return follow(visit, choice, at.input);
  }
  const { Default: Next = "", Assign = {} } = state;
  return follow(visit, { Next, Assign }, at.input);
};

const runBranches = async (visit: Visit): Promise<Step> => {
  const { state, at, around } = visit;
  const walks = (state.Branches ?? []).map((branch) => walk(branch, around, at.input, at.variables));
  const branches = await Promise.all(walks);
  const outputs = branches.map(({ ends }) => ends.map(({ output }) => output));
  const steps = everyChoice(outputs).map((result) => follow(visit, state, result, { result }));
  const inside = branches.flatMap(({ visited }) => [...visited]);
  return joined(await Promise.all(steps), inside);
};

const runTask = async (visit: Visit): Promise<Step> => {
  const { state, around } = visit;
  const results = around.resultsOf(state.Resource ?? "", await evaluate(state.Arguments, known(visit)));
  const succeeded = results.map((result) => follow(visit, state, result, { result }));
  const caught = (state.Catch ?? []).map((catcher) => {
    const errorOutput = around.errorOf(catcher.ErrorEquals);
    return follow(visit, catcher, { ...errorOutput }, { errorOutput });
  });
  return joined(await Promise.all([...succeeded, ...caught]), []);
};

const visitors: Record<string, (visit: Visit) => Promise<Step>> = {
  Pass: passOn,
  Succeed: passOn,
  Fail: fail,
  Choice: choose,
  Parallel: runBranches,
  Task: runTask,
};

const joined = (steps: Step[], inside: string[]): Step => ({
  positions: steps.flatMap(({ positions }) => positions),
  ends: steps.flatMap(({ ends }) => ends),
  inside,
});

/** One of each, in every combination. */
const everyChoice = ([first, ...rest]: Value[][]): Value[][] =>
  first ? first.flatMap((one) => everyChoice(rest).map((others) => [one, ...others])) : [[]];
