import { describe, expect, it } from "vitest";
import { pausesIn, pausesOf } from "../../test/workflows/definitions.ts";
import { standardRetries } from "./standard-retries.ts";

const invoke = "arn:aws:states:::lambda:invoke";

/** Seconds that the pauses take on average: full jitter halves them. */
const waitsFor = (error: string): number => {
  const retrier = standardRetries(invoke, true).find(({ ErrorEquals }) => ErrorEquals.includes(error));
  return retrier ? pausesOf(retrier) / 2 : 0;
};

describe("the standard retries", () => {
  it.each([
    ["Lambda.TooManyRequestsException", "a young account has 10 Lambdas at once", 600],
    ["AwsThrottledError", "throttling lasts as long as whoever causes it", 300],
    ["CloudflareThrottledError", "its block takes five minutes", 300],
    ["CloudflarePermissionError", "one that comes once is not the token's", 120],
  ])("wait for %s long enough: %s", (error, _, seconds) => {
    expect(waitsFor(error)).toBeGreaterThanOrEqual(seconds);
  });

  it("outlast Cloudflare's block of five minutes, however short chance makes their pauses", () => {
    const throttled = standardRetries(invoke, true).find(({ ErrorEquals }) =>
      ErrorEquals.includes("CloudflareThrottledError"),
    );
    const pauses = throttled ? pausesIn(throttled) : [];
    // Full jitter: each pause is anything from nothing to its longest.
    const mean = pauses.reduce((sum, longest) => sum + longest / 2, 0);
    const deviation = Math.sqrt(pauses.reduce((sum, longest) => sum + longest ** 2 / 12, 0));

    expect(mean - 5 * deviation).toBeGreaterThan(300);
  });

  it.each(["Runtime.ExitError", "Sandbox.Timedout", "TaskTimeoutError", "Lambda.Unknown"])(
    "take %s for transient",
    (error) => {
      expect(waitsFor(error)).toBeGreaterThan(0);
    },
  );

  it("spare tasks without Cloudflare its errors", () => {
    const errors = standardRetries(invoke, false).flatMap(({ ErrorEquals }) => ErrorEquals);

    expect(errors.filter((error) => error.startsWith("Cloudflare"))).toEqual([]);
  });

  it("never run a workflow twice that is waited for", () => {
    expect(standardRetries("arn:aws:states:::states:startExecution.sync:2", false)).toEqual([]);
  });

  it("never repeat a write whose condition was refused", () => {
    const [first] = standardRetries("arn:aws:states:::dynamodb:updateItem", false);

    expect(first).toEqual({ ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], MaxAttempts: 0 });
  });
});
