// What every workflow does about errors that pass, said once: appended to each task's own Retry when a definition is
// synthesised. A state's own entries stand first, and Step Functions takes the first that names the error.

export interface Retrier {
  ErrorEquals: readonly string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL" | "NONE";
}

/** Doubles from the first pause to the longest, each shortened by chance, so that what failed together returns apart. */
const retry = (
  errors: string[],
  MaxAttempts: number,
  pauses: { first: number; longest: number },
): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: pauses.first,
  MaxAttempts,
  BackoffRate: 2,
  MaxDelaySeconds: pauses.longest,
  JitterStrategy: "FULL",
});

/** No room for another concurrent Lambda, of which a young account has 10; the task never began. Fifteen minutes. */
const noRoom = retry(["Lambda.TooManyRequestsException"], 36, { first: 1, longest: 60 });

/**
 * Lambda's own, and crashes of its runtime. Sources: Step Functions Developer Guide, "Handle transient Lambda service
 * exceptions"; for the last two, the names that Lambda gives to a runtime that ended or had no time left.
 */
const lambdaFailed = retry(
  [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "Runtime.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
    "TaskTimeoutError",
  ],
  4,
  { first: 1, longest: 20 },
);

const awsFailed = retry(["AwsTransientError"], 6, { first: 2, longest: 20 });

/** Eight minutes: throttling lasts as long as whoever causes it. */
const awsThrottled = retry(["AwsThrottledError"], 21, { first: 2, longest: 60 });

const cloudflareFailed = retry(["CloudflareUnavailableError"], 6, { first: 2, longest: 30 });

/** A token that is refused may have been refused by mistake: for minutes, it is not the token's fault. */
const cloudflareRefused = retry(["CloudflarePermissionError"], 7, { first: 5, longest: 60 });

/** Cloudflare's block of five minutes ends before the last of them, however short chance makes the pauses. */
const cloudflareThrottled: Retrier = {
  ...retry(["CloudflareThrottledError"], 24, { first: 30, longest: 90 }),
  BackoffRate: 1.5,
};

const refusedCondition: Retrier = {
  ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
  MaxAttempts: 0,
};
const serviceFailed = retry(["States.TaskFailed", "States.Timeout"], 6, { first: 1, longest: 20 });

const ofLambda: readonly Retrier[] = [noRoom, lambdaFailed, awsFailed, awsThrottled];
const ofCloudflare: readonly Retrier[] = [cloudflareFailed, cloudflareRefused, cloudflareThrottled];

/**
 * Of a task state. A workflow that is waited for (`.sync`) has retried all that passes, and is not run twice.
 * @param resource such as `arn:aws:states:::lambda:invoke`
 * @param callsCloudflare whether the Lambda does
 */
export const standardRetries = (resource: string, callsCloudflare: boolean): readonly Retrier[] => {
  if (resource.includes(".sync")) return [];
  if (resource.startsWith("arn:aws:states:::lambda:"))
    return callsCloudflare ? [...ofLambda, ...ofCloudflare] : ofLambda;
  return resource.startsWith("arn:aws:states:::dynamodb:")
    ? [refusedCondition, serviceFailed]
    : [serviceFailed];
};
