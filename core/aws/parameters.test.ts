import { SSMClient } from "@aws-sdk/client-ssm";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { AwsRejectedError } from "../errors.ts";
import { type Parameters, parameters } from "./parameters.ts";

const options = { keyId: "alias/aws/ssm", tags: { "warren:slug": "acme" } };

/** Each test writes below a path of its own. */
const contract = (subject: () => Parameters) => {
  it("reads back what it put, with the tags of the creation", async () => {
    const parameters = subject();

    await parameters.put("/put/token", "value", options);

    expect(await parameters.read("/put/token")).toBe("value");
    expect(await parameters.tagsOf("/put/token")).toEqual({ "warren:slug": "acme" });
  });

  it("gives an existing parameter the new value, and keeps its tags", async () => {
    const parameters = subject();
    await parameters.put("/again/token", "first", options);
    await parameters.tag("/again/token", { reader: "AROA:i-1" });

    await parameters.put("/again/token", "second", options);

    expect(await parameters.read("/again/token")).toBe("second");
    expect(await parameters.tagsOf("/again/token")).toEqual({ "warren:slug": "acme", reader: "AROA:i-1" });
  });

  it("creates what does not exist", async () => {
    const parameters = subject();

    await parameters.create("/create/token", "value", options);

    expect(await parameters.read("/create/token")).toBe("value");
    expect(await parameters.tagsOf("/create/token")).toEqual({ "warren:slug": "acme" });
  });

  it("leaves what exists as it is, when asked to create it", async () => {
    const parameters = subject();
    await parameters.put("/adopt/token", "first", options);
    await parameters.tag("/adopt/token", { reader: "AROA:i-1" });

    await parameters.create("/adopt/token", "second", { ...options, tags: { "warren:slug": "other" } });

    expect(await parameters.read("/adopt/token")).toBe("first");
    expect(await parameters.tagsOf("/adopt/token")).toEqual({ "warren:slug": "acme", reader: "AROA:i-1" });
  });

  it("says which parameter does not exist", async () => {
    const reading = subject().read("/missing/token");

    await expect(reading).rejects.toBeInstanceOf(AwsRejectedError);
    await expect(reading).rejects.toThrow("The parameter /missing/token does not exist.");
  });

  it("tells whether one exists", async () => {
    const parameters = subject();
    await parameters.put("/exists/token", "value", options);

    expect(await parameters.exists("/exists/token")).toBe(true);
    expect(await parameters.exists("/exists/another")).toBe(false);
    expect(await parameters.tagsOf("/exists/another")).toEqual({});
  });

  it("deletes one, whether it exists or not", async () => {
    const parameters = subject();
    await parameters.put("/delete/token", "value", options);

    await parameters.delete("/delete/token");
    await parameters.delete("/delete/token");

    expect(await parameters.exists("/delete/token")).toBe(false);
  });
};

describe("Parameter Store in memory", () => {
  const memory = memoryParameters();
  contract(() => memory);
});

describe("Parameter Store", () => {
  let aws: TestAccount;
  let ssm: SSMClient;

  beforeAll(async () => {
    aws = newTestAccount();
    ssm = new SSMClient(aws.client);
  });

  contract(() => parameters(ssm));

  it("keeps a secret out of an error that quotes it", async () => {
    const quoting = new SSMClient(aws.client);
    quoting.middlewareStack.add(
      () => () => {
        const error = new Error("Value 'the-secret' at 'value' is too long");
        return Promise.reject(
          Object.assign(error, { name: "ValidationException", $metadata: {}, $fault: "client" }),
        );
      },
      { step: "finalizeRequest" },
    );

    const failure = await parameters(quoting)
      .put("/quoted/token", "the-secret", options)
      .catch((error) => error);

    expect(failure).toBeInstanceOf(AwsRejectedError);
    expect(failure.cause).toBeUndefined();
    expect(`${failure.message} ${failure.stack}`).not.toContain("the-secret");
  });
});
