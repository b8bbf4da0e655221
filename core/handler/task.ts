// What a Lambda is, described once: its handler, the infrastructure and the tests take it from there. Descriptions are
// loaded where nothing else of a Lambda is, so neither SDKs nor the work are imported beside them.
import * as z from "zod";
import type { Incarnation, TenantKey } from "../tenant/names.ts";
import type { variables } from "./environment.ts";

/** Which incarnation a task works for; every task's input has at least these, but for those of a whole fleet. */
export const tenantInput = z.object({ slug: z.string().min(1), generation: z.ulid() });

/** Every Lambda knows its stage. */
type Environment = z.ZodObject<Pick<typeof variables.shape, "STAGE">>;

export interface LambdaDescription<Name extends string = string, Env extends Environment = Environment> {
  /** its directory's name */
  readonly name: Name;
  readonly environment: Env;
}

export interface TaskDescription<
  Name extends string = string,
  Step extends string | readonly string[] = string | readonly string[],
  Env extends Environment = Environment,
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodType = z.ZodType,
> extends LambdaDescription<Name, Env> {
  /** the state that runs it, the same in every workflow; several where each gives it something else to do */
  readonly step: Step;
  readonly input: Input;
  readonly output: Output;
}

/** What a task's work is given: the input as parsed, and with a tenant's incarnation the key that its names derive from. */
export type TaskInput<Task extends TaskDescription> = z.output<Task["input"]> &
  (z.output<Task["input"]> extends Incarnation ? { key: TenantKey } : unknown);

/** What a workflow's state gets from a task. */
export type TaskOutput<Task extends TaskDescription> = z.output<Task["output"]>;

/** A Lambda that no state of a workflow runs. */
export const defineLambda = <const Name extends string, Env extends Environment>(
  lambda: LambdaDescription<Name, Env>,
) => lambda;

export const defineTask = <
  const Name extends string,
  const Step extends string | readonly string[],
  Env extends Environment,
  Input extends z.ZodObject,
  Output extends z.ZodType,
>(
  task: TaskDescription<Name, Step, Env, Input, Output>,
) => task;

/** Whatever holds its token does. */
export const callsCloudflare = ({ environment }: { environment: z.ZodObject }): boolean =>
  "CLOUDFLARE_TOKEN_PARAMETER" in environment.shape;

export const stepsOf = ({ step }: TaskDescription): readonly string[] =>
  typeof step === "string" ? [step] : step;
