import type { DynamoDBStreamEvent } from "aws-lambda";
import { executions } from "../../core/aws/executions.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { parseEnvironment } from "../../core/parse.ts";
import { dispatchChanges } from "./dispatch-change.ts";
import { task } from "./task.ts";

export const handler = withObservability(task.name, ({ logger }) => {
  const deps = lazy(() => ({ env: parseEnvironment(task.environment), executions: executions(), logger }));
  return async (event: DynamoDBStreamEvent) => dispatchChanges(event.Records, deps());
});
