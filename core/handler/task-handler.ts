// The one way a task becomes a Lambda: parsing both ways, logs, metrics and named errors are the same in all of them,
// so a task itself is a plain function that is tested without any of this.
import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import * as z from "zod";
import { lazy } from "./lazy.ts";
import { withObservability } from "./observability.ts";
import { parseEnvironment, parseInput } from "./parse.ts";

/** Which incarnation a task works for; every task's input has at least these, but for those of a whole fleet. */
export const tenantInput = z.object({ slug: z.string().min(1), generation: z.ulid() });

interface Task<Env extends z.ZodType, Input extends z.ZodObject, Output extends z.ZodType, Deps> {
  /** its directory's name, and its state's in kebab-case */
  name: string;
  env: Env;
  input: Input;
  output: Output;
  /** Makes the adapters; called once per process, because clients keep their connections. */
  connect(env: z.output<Env>, metrics: Metrics, logger: Logger): Deps;
  run(input: z.output<Input>, deps: Deps): Promise<z.input<Output>>;
}

export const taskHandler = <Env extends z.ZodType, Input extends z.ZodObject, Output extends z.ZodType, Deps>(
  task: Task<Env, Input, Output, Deps>,
) =>
  withObservability(task.name, ({ logger, metrics }) => {
    const deps = lazy(() => task.connect(parseEnvironment(task.env), metrics, logger));
    return async (event: unknown): Promise<z.output<Output>> => {
      const input = parseInput(task.input, event, "input");
      if ("slug" in input) logger.appendKeys({ slug: input.slug, generation: input.generation });
      return parseInput(task.output, await task.run(input, deps()), "output");
    };
  });
