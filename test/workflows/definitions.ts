// The workflows as data, for the checks that no emulator makes.
import { readdirSync, readFileSync } from "node:fs";
import { callsCloudflare } from "../../core/handler/task.ts";
import { tasks } from "../../lambdas/tasks.ts";
import type { Retrier } from "../../lib/workflows/standard-retries.ts";
import { functionPlaceholder, readStateMachine } from "../../lib/workflows/state-machine-file.ts";

export interface State {
  Type: string;
  Resource?: string;
  Arguments?: {
    ConditionExpression?: string;
    UpdateExpression?: string;
    ExpressionAttributeValues?: Record<string, { S?: string }>;
  };
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

/** As the files are, which say only what is particular. */
export const files: readonly [name: string, machine: Machine][] = readdirSync(directory).map((file) => [
  file.replace(".asl.json", ""),
  JSON.parse(readFileSync(`${directory}/${file}`, "utf8")),
]);

const namedIn = (placeholder: string) => tasks.find(({ name }) => functionPlaceholder(name) === placeholder);

/** As they are deployed, with the standard retries. */
export const definitions: readonly [name: string, machine: Machine][] = files.map(([name]) => [
  name,
  JSON.parse(
    readStateMachine(`${directory}/${name}.asl.json`).expanded((placeholder) => {
      const task = namedIn(placeholder);
      return task !== undefined && callsCloudflare(task);
    }),
  ),
]);

/** Every state, those of branches included. */
export const states = (machine: Machine): [name: string, state: State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.Branches ?? []).flatMap(states),
  ]);

/** The longest that a state may take with every retry and pause used up, in seconds. */
const worstSeconds = (state: State, visits: Visits): number => {
  if (state.Branches) return Math.max(...state.Branches.map((branch) => worstCase(branch, visits)));
  const { TimeoutSeconds = 0, Retry = [] } = state;
  const retries = Retry.map((retrier) => (retrier.MaxAttempts ?? 3) * attemptOf(retrier, TimeoutSeconds));
  const pauses = Retry.map(pausesOf);
  return [TimeoutSeconds, ...retries, ...pauses].reduce((sum, seconds) => sum + seconds, 0);
};

/** Seconds, at most: what found no room never began, and Lambda says so at once. */
const attemptOf = ({ ErrorEquals }: Retrier, timeout: number): number =>
  ErrorEquals.every((error) => error === "Lambda.TooManyRequestsException") ? 1 : timeout;

/** The longest that each pause may be, in seconds. */
export const pausesIn = (retrier: Retrier): number[] => {
  const {
    IntervalSeconds = 1,
    MaxAttempts = 3,
    BackoffRate = 2,
    MaxDelaySeconds = Number.POSITIVE_INFINITY,
  } = retrier;
  const pause = (_: unknown, attempt: number) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  return Array.from({ length: MaxAttempts }, pause);
};

export const pausesOf = (retrier: Retrier): number =>
  pausesIn(retrier).reduce((sum, seconds) => sum + seconds, 0);

/** How often a state may come at most; others once. */
export type Visits = Record<string, number>;

/** No less than the slowest way through a definition, in seconds. */
export const worstCase = (machine: Machine, visits: Visits): number =>
  Object.entries(machine.States).reduce(
    (sum, [name, state]) => sum + worstSeconds(state, visits) * (visits[name] ?? 1),
    0,
  );
