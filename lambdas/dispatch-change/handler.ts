import type { DynamoDBStreamEvent } from "aws-lambda";
import { executions } from "../../core/aws/executions.ts";
import { observed } from "../../core/handler/observability.ts";
import { once } from "../../core/handler/lazy.ts";
import { parseEnvironment } from "../../core/handler/parse.ts";
import { dispatchChanges } from "./dispatch-change.ts";
import { environment } from "./environment.ts";

export const handler = observed("dispatch-change", ({ logger }) => {
  const deps = once(() => ({ env: parseEnvironment(environment), executions: executions(), logger }));
  return async (event: DynamoDBStreamEvent) => dispatchChanges(event.Records, deps());
});
