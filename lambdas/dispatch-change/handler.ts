import type { DynamoDBStreamEvent } from "aws-lambda";
import { executions } from "../common/executions.ts";
import { observed } from "../common/observed.ts";
import { once } from "../common/once.ts";
import { parseEnvironment } from "../common/parse.ts";
import { dispatchChanges } from "./dispatch-change.ts";
import { environment } from "./environment.ts";

export const handler = observed("dispatch-change", ({ logger }) => {
  const deps = once(() => ({ env: parseEnvironment(environment), executions: executions(), logger }));
  return async (event: DynamoDBStreamEvent) => dispatchChanges(event.Records, deps());
});
