// The workflows' files as data, for the checks that no emulator makes.
import { readdirSync, readFileSync } from "node:fs";

interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: string;
}

export interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Choices?: { Next: string }[];
  Default?: string;
  Branches?: Machine[];
  Next?: string;
}

export interface Machine {
  Comment?: string;
  QueryLanguage?: string;
  TimeoutSeconds?: number;
  StartAt: string;
  States: Record<string, State>;
}

const directory = "state-machines";

export const definitions: readonly [name: string, machine: Machine][] = readdirSync(directory).map((file) => [
  file.replace(".asl.json", ""),
  JSON.parse(readFileSync(`${directory}/${file}`, "utf8")),
]);

/** Every state, those of branches included. */
export const states = (machine: Machine): [name: string, state: State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(states),
  ]);

/** The longest that a state may take with every retry and pause used up, in seconds. */
function worstSeconds(state: State): number {
  if (state.Branches) return Math.max(...state.Branches.map((branch) => worstPath(branch, branch.StartAt)));
  const attempts = (state.Retry ?? []).reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 1);
  const pauses = (state.Retry ?? []).reduce((sum, retrier) => sum + pausesOf(retrier), 0);
  return attempts * (state.TimeoutSeconds ?? 0) + pauses;
}

function pausesOf(retrier: Retrier): number {
  const {
    IntervalSeconds = 1,
    MaxAttempts = 3,
    BackoffRate = 2,
    MaxDelaySeconds = Number.POSITIVE_INFINITY,
  } = retrier;
  const pause = (_: unknown, attempt: number) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  return Array.from({ length: MaxAttempts }, pause).reduce((sum, seconds) => sum + seconds, 0);
}

/** The slowest way from a state to an end, in a definition without loops. */
export function worstPath(machine: Machine, name: string): number {
  const state = machine.States[name];
  if (!state) throw new Error(`${name} is not a state of this machine`);
  const targets = [state, ...(state.Catch ?? []), ...(state.Choices ?? [])].map(({ Next }) => Next);
  const next = [...targets, state.Default].filter((target) => target !== undefined);
  return worstSeconds(state) + Math.max(0, ...next.map((target) => worstPath(machine, target)));
}

/** No less than the slowest way through a definition with a loop. @param visits how often a state may come at most; others once */
export const worstLoop = (machine: Machine, visits: Record<string, number>): number =>
  Object.entries(machine.States).reduce(
    (sum, [name, state]) => sum + worstSeconds(state) * (visits[name] ?? 1),
    0,
  );
