import type { DynamoDBStreamEvent } from "aws-lambda";
import { executions } from "../../core/aws/executions.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { parseEnvironment } from "../../core/handler/parse.ts";
import { dispatchChanges } from "./dispatch-change.ts";
import { environment } from "./environment.ts";

export const handler = withObservability("dispatch-change", ({ logger }) => {
  const deps = lazy(() => ({ env: parseEnvironment(environment), executions: executions(), logger }));
  return async (event: DynamoDBStreamEvent) => dispatchChanges(event.Records, deps());
});
