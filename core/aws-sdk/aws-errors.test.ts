import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { isAwsError, namedAwsError, rememberingCalls } from "./aws-errors.ts";

const sdkError = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: 400 },
    $fault: "client",
    ...more,
  }) as never;

describe("an AWS SDK error", () => {
  it.each<[string, object]>([
    ["TooManyUpdates", {}],
    ["Whatever", { $metadata: { httpStatusCode: 503 }, $fault: "server" }],
    ["Whatever", { $retryable: {} }],
    ["Error", { $metadata: { attempts: 3 }, $fault: undefined, code: "ECONNREFUSED" }],
    ["TimeoutError", { $metadata: { attempts: 3 }, $fault: undefined }],
  ])("%s %j is worth another try", (name, more) => {
    expect(namedAwsError(sdkError(name, "no", more)).name).toBe("AwsTransientError");
  });

  it.each<[string, object]>([
    ["RequestLimitExceeded", {}],
    ["ThrottlingException", {}],
    ["Throttling", {}],
    ["TooManyRequestsException", {}],
    ["ProvisionedThroughputExceededException", {}],
    ["Whatever", { $metadata: { httpStatusCode: 429 } }],
    ["Whatever", { $retryable: { throttling: true } }],
  ])("%s %j is throttling, which lasts longer", (name, more) => {
    expect(namedAwsError(sdkError(name, "no", more)).name).toBe("AwsThrottledError");
  });

  it("that denies names the action, without what only AWS can read", () => {
    const message =
      "You are not authorized to perform this operation. User: arn:x is not authorized to perform: ec2:RunInstances " +
      "on resource: y. Encoded authorization failure message: AAAABBBB";

    const error = namedAwsError(sdkError("UnauthorizedOperation", message));

    expect(error.name).toBe("AwsDeniedError");
    expect(error.message).toContain("AWS does not allow ec2:RunInstances");
    expect(error.message).not.toContain("AAAABBBB");
  });

  it("that refuses keeps AWS's code and words", () => {
    const error = namedAwsError(sdkError("InvalidParameterValue", "the size is wrong"));

    expect(error.name).toBe("AwsRejectedError");
    expect(error.message).toContain("(InvalidParameterValue: the size is wrong)");
  });

  it("tells which call it came from, when the network failed too", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const options = { region: "eu-central-1", endpoint: "http://127.0.0.1:9", maxAttempts: 1, credentials };
    const client = rememberingCalls(new SFNClient(options));

    const error = await client
      .send(new DescribeExecutionCommand({ executionArn: "arn:x" }))
      .catch((failure) => failure);

    expect(isAwsError(error)).toBe(true);
    expect(namedAwsError(error)).toMatchObject({
      name: "AwsTransientError",
      message: expect.stringContaining("AWS did not carry out sfn:DescribeExecution"),
    });
  });
});

it("an error of our own is not AWS's", () => {
  expect(isAwsError(new TypeError("a mistake"))).toBe(false);
});
