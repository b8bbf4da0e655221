// One reading of AWS SDK errors for every task: worth another try, asked too often, not allowed, or refused.
import { isThrottlingError } from "@smithy/core/retry";
import { AwsDeniedError, AwsRejectedError, AwsThrottledError, AwsTransientError } from "../errors.ts";

interface SdkError extends Error {
  cause?: Error;
  $fault?: "client" | "server";
  $retryable?: object;
  $metadata: { httpStatusCode?: number };
}

type Call = (args: never) => Promise<unknown>;
interface CallContext {
  clientName?: string;
  commandName?: string;
}
interface SdkClient {
  middlewareStack: { add(middleware: never, options: { step: "initialize"; name: string }): void };
}

/** Which call an error came from: the SDK does not say, and a refusal without it names no action to allow. */
const calls = new WeakMap<object, string>();

/** Makes the client's errors tell which of its calls failed; answers the same client. */
export const rememberingCalls = <Client extends SdkClient>(client: Client): Client => {
  const remember = (next: Call, context: CallContext) => async (args: never) => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof Error) calls.set(error, callName(context));
      throw error;
    }
  };
  client.middlewareStack.add(remember as never, { step: "initialize", name: "rememberCall" });
  return client;
};

const callName = ({ clientName = "", commandName = "" }: CallContext): string =>
  `${clientName.replace(/(Document)?Client$/, "").toLowerCase()}:${commandName.replace(/Command$/, "")}`;

export const isAwsError = (error: unknown): error is SdkError =>
  error instanceof Error && (calls.has(error) || "$metadata" in error);

const denied = new Set(["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure"]);

const passing = new Set([
  "InternalError",
  "InternalFailure",
  "RequestTimeout",
  "ServiceUnavailable",
  "TimeoutError",
  "TooManyUpdates",
  "TransactionConflictException",
  "Unavailable",
]);

const isTransient = (error: SdkError): boolean => {
  const status = error.$metadata?.httpStatusCode;
  const unanswered = status === undefined && error.$fault === undefined;
  return (
    error.$retryable !== undefined ||
    passing.has(error.name) ||
    (status ?? 0) >= 500 ||
    (unanswered && "code" in error)
  );
};

/** What AWS says, without the encoded authorisation message, which is a kilobyte that only AWS can read. */
const words = (message: string): string =>
  message.replace(/\s*Encoded authorization failure message:.*/s, "");

export const namedAwsError = (error: SdkError): Error => {
  const action = /perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(error.message)?.[1] ?? calls.get(error) ?? "a call";
  const awsWords = `${error.name}: ${words(error.message)}`;
  if (denied.has(error.name)) {
    return new AwsDeniedError(`AWS does not allow ${action} (${awsWords}).`, { cause: error });
  }
  if (isThrottlingError(error)) {
    return new AwsThrottledError(`AWS is asked too often to carry out ${action} (${awsWords}).`, {
      cause: error,
    });
  }
  if (isTransient(error)) {
    return new AwsTransientError(`AWS did not carry out ${action} (${awsWords}).`, { cause: error });
  }
  return new AwsRejectedError(`AWS refused ${action} (${awsWords}).`, { cause: error });
};
