import type { DynamoDBStreamEvent } from "aws-lambda";
import { executions } from "../../core/aws/executions.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { parseEnvironment } from "../../core/parse.ts";
import { admitter } from "../../core/queue/admitter.ts";
import { dispatchChanges } from "./dispatch-change.ts";
import { task } from "./task.ts";

export const handler = withObservability(task.name, ({ logger }) => {
  const deps = lazy(() => {
    const env = parseEnvironment(task.environment);
    return { env, executions: executions(), admit: admitter(env), logger };
  });
  return async (event: DynamoDBStreamEvent) => dispatchChanges(event.Records, deps());
});
