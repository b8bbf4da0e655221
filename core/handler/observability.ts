// What surrounds the work of every Lambda: its logs, its metrics, and the naming of its errors.
import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { TaskTimeoutError } from "../errors.ts";
import { logOutcome, type Observers } from "./outcome-log.ts";

/** Before the Lambda's own time limit, which would end it without a name or a log: enough to write both. */
const LAST_WORDS_MS = 500;

/**
 * @param name the Lambda's own, in logs and metrics
 * @param prepare makes the work, once per process
 */
export const withObservability = <Event, Result>(
  name: string,
  prepare: (observers: Observers) => (event: Event, context: Context) => Promise<Result>,
) => {
  // Several stages may share an account, and would otherwise share their metrics.
  const stage = process.env.STAGE ?? "none";
  const logger = new Logger({ serviceName: name, persistentKeys: { stage } });
  const metrics = new Metrics({ namespace: "Warren", serviceName: name, defaultDimensions: { stage } });
  const timeoutEarlyResponse = () => {
    throw new TaskTimeoutError(`${name} used up its time.`);
  };
  return middy<Event, Result>({ timeoutEarlyInMillis: LAST_WORDS_MS, timeoutEarlyResponse })
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .use(logOutcome({ logger, metrics }))
    .handler(prepare({ logger, metrics }));
};
