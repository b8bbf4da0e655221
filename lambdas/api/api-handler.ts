// The one way the API's Lambda answers: a Problem becomes its response, and whatever else fails becomes a 500 that
// tells nothing but the request's id, or a 503 when trying again is worth it.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { type Observers, reported } from "../../core/handler/outcome-log.ts";
import { Problem, problemResponse } from "./problem.ts";

export type Route = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** @param connect makes the function that answers, once per process */
export const apiHandler = (name: string, connect: (observers: Observers) => Route) =>
  withObservability<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(name, (observers) => {
    const route = lazy(() => connect(observers));
    return async (event) => {
      const { requestId } = event.requestContext;
      observers.logger.appendKeys({ requestId, route: event.routeKey });
      try {
        return await route()(event);
      } catch (error) {
        return problemResponse(asProblem(error, observers), requestId);
      }
    };
  });

const asProblem = (error: unknown, observers: Observers): Problem => {
  if (error instanceof Problem) return error;
  return reported(error, observers).name === "AwsTransientError" ? unavailable() : internal();
};

const unavailable = (): Problem =>
  new Problem({
    status: 503,
    type: "unavailable",
    title: "A service behind the API is not available",
    detail: "Send the request again in a few seconds, with the same Idempotency-Key if it had one.",
    headers: { "retry-after": "5" },
  });

const internal = (): Problem =>
  new Problem({
    status: 500,
    type: "internal-error",
    title: "The API failed",
    detail: "It is not your request's fault. The operator finds the reason in the logs by `instance`.",
  });
