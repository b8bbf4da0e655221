// How a run ended, in one log line and a few metrics; and the last place where a foreign error gets one of our names.
import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { MiddlewareObj } from "@middy/core";
import { isAwsError, namedAwsError } from "../aws-sdk/aws-errors.ts";

export interface Observers {
  logger: Logger;
  metrics: Metrics;
}

const asNamedError = (error: unknown): Error => {
  if (isAwsError(error)) return namedAwsError(error);
  return error instanceof Error ? error : new Error(String(error));
};

/** Logs and counts a failure; answers it by one of our names where it is a cloud's. */
export const reported = (failure: unknown, { logger, metrics }: Observers): Error => {
  const error = asNamedError(failure);
  metrics.singleMetric().addDimension("error", error.name).addMetric("Failures", MetricUnit.Count, 1);
  logger.error(`failed: ${error.message}`, { error });
  return error;
};

/** Logs never hold the event: it is the caller's, and may one day hold what must not be logged. */
export const logOutcome = (observers: Observers): MiddlewareObj => {
  const { logger, metrics } = observers;
  let startedAt = 0;
  const end = () => {
    const durationMs = Date.now() - startedAt;
    metrics.addMetric("Duration", MetricUnit.Milliseconds, durationMs);
    logger.info("ended", { durationMs });
  };
  return {
    before: () => {
      startedAt = Date.now();
    },
    after: end,
    onError: (request) => {
      request.error = reported(request.error, observers);
      end();
    },
  };
};
