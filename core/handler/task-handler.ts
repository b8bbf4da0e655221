// The one way a task becomes a Lambda: parsing both ways, logs, metrics and named errors are the same in all of them,
// so a task itself is a plain function that is tested without any of this.
import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type * as z from "zod";
import { parseEnvironment, parseInput } from "../parse.ts";
import { lazy } from "./lazy.ts";
import { withObservability } from "./observability.ts";
import { type TaskDescription, type TaskInput, type TaskOutput, tenantInput } from "./task.ts";

interface Wiring<Task extends TaskDescription, Deps> {
  /** Makes the adapters; called once per process, because clients keep their connections. */
  connect(env: z.output<Task["environment"]>, metrics: Metrics, logger: Logger): Deps;
  run(input: TaskInput<Task>, deps: Deps): Promise<z.input<Task["output"]>>;
}

export const taskHandler = <Task extends TaskDescription, Deps>(
  task: Task,
  { connect, run }: Wiring<Task, Deps>,
) =>
  withObservability(task.name, ({ logger, metrics }) => {
    const prepared = lazy(() => {
      const env = parseEnvironment<Task["environment"]>(task.environment);
      return { stage: env.STAGE, deps: connect(env, metrics, logger) };
    });
    return async (event: unknown): Promise<TaskOutput<Task>> => {
      const input = parseInput(task.input, event, "input");
      const of = tenantInput.safeParse(input).data;
      if (of) logger.appendKeys(of);
      const { stage, deps } = prepared();
      const given = (of ? { ...input, key: { stage, ...of } } : input) as TaskInput<Task>;
      return parseInput<Task["output"]>(task.output, await run(given, deps), "output");
    };
  });
