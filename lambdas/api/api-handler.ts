// The one way the API's Lambda answers: a Problem becomes its response, and whatever else fails becomes a 500 that
// tells nothing but the request's id, or a 503 when trying again is worth it.
import type { Router } from "@aws-lambda-powertools/event-handler/http";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { transientErrorNames } from "../../core/errors.ts";
import { lazy } from "../../core/handler/lazy.ts";
import { withObservability } from "../../core/handler/observability.ts";
import { type Observers, reported } from "../../core/handler/outcome-log.ts";
import { asMatched } from "./gateway-match.ts";
import { noSuchRoute, Problem, problemResponse } from "./problem.ts";
import type { ApiRequest } from "./route.ts";

/** @param connect makes the router, once per process */
export const apiHandler = (name: string, connect: (observers: Observers) => Router) =>
  withObservability<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(name, (observers) => {
    const router = lazy(() => withProblems(connect(observers), observers));
    return async (event, context) => {
      const { requestId } = event.requestContext;
      observers.logger.appendKeys({ requestId, route: event.routeKey });
      try {
        return await router().resolve(asMatched(event), context);
      } catch (error) {
        return problemResponse(asProblem(error, observers), requestId);
      }
    };
  });

/** Without it the router answers a failure itself, in a form of its own, and no log tells of it. */
const withProblems = (app: Router, observers: Observers): Router => {
  app.errorHandler(Error, async (error, { route, ...request }) => {
    const { requestId } = (request as ApiRequest).event.requestContext;
    // What fails before a route is found, such as a malformed escape, means that there is none.
    return problemResponse(route === null ? noSuchRoute() : asProblem(error, observers), requestId);
  });
  return app;
};

const asProblem = (error: unknown, observers: Observers): Problem => {
  if (error instanceof Problem) return error;
  return transientErrorNames.includes(reported(error, observers).name) ? unavailable() : internal();
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
