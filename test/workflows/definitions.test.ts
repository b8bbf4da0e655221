import { readFileSync } from "node:fs";
import validate from "asl-validator";
import { describe, expect, test } from "vitest";
import { permanentErrorNames, transientErrorNames } from "../../core/errors.ts";
import { rungs } from "../../core/repair/rungs.ts";
import { deprovisionSteps, provisionSteps } from "../../core/tenant/steps.ts";
import { definitions, states, worstLoop, worstPath } from "./definitions.ts";

/** Source: Step Functions Developer Guide, "Handling errors" and "Invoke Lambda"; for `Sandbox.Timedout`, Lambda's own. */
const lambdaTransients = [
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.ServiceException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
  "Sandbox.Timedout",
  "States.Timeout",
];
const integrationErrors = [
  "DynamoDB.ConditionalCheckFailedException",
  "Sfn.ExecutionDoesNotExist",
  "Sfn.ExecutionDoesNotExistException",
  "States.TaskFailed",
  "States.ALL",
];
const realErrorNames = [
  ...lambdaTransients,
  ...integrationErrors,
  ...transientErrorNames,
  ...permanentErrorNames,
];
const invokesLambda = "arn:aws:states:::lambda:invoke";

describe.each(definitions)("%s", (name, machine) => {
  const all = states(machine);
  const tasks = all.filter(([, { Type }]) => Type === "Task");

  test("is valid Amazon States Language, its JSONata included", () => {
    const definition = JSON.parse(readFileSync(`state-machines/${name}.asl.json`, "utf8"));
    const { errors } = validate(definition);
    expect(errors).toEqual([]);
  });

  test("is in JSONata, with a comment and a time limit", () => {
    expect(machine).toMatchObject({
      QueryLanguage: "JSONata",
      Comment: expect.any(String),
      TimeoutSeconds: expect.any(Number),
    });
  });

  test("names only errors that exist", () => {
    const named = all.flatMap(([, state]) => [...(state.Retry ?? []), ...(state.Catch ?? [])]);
    const unknown = named
      .flatMap(({ ErrorEquals }) => ErrorEquals)
      .filter((error) => !realErrorNames.includes(error));
    expect(unknown).toEqual([]);
  });

  test("gives every task a time limit", () => {
    expect(tasks.filter(([, { TimeoutSeconds }]) => !TimeoutSeconds).map(([task]) => task)).toEqual([]);
  });

  test("retries every Lambda's own transient errors, and AWS's, with full jitter and a cap", () => {
    for (const [task, { Resource, Retry = [] }] of tasks) {
      if (Resource !== invokesLambda) continue;
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried, task).toEqual(expect.arrayContaining([...lambdaTransients, "AwsTransientError"]));
      for (const retrier of Retry)
        expect(retrier, task).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number) });
    }
  });

  test("never retries a permanent error", () => {
    const retried = all.flatMap(([, { Retry = [] }]) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals));
    expect(retried.filter((error) => permanentErrorNames.includes(error))).toEqual([]);
  });
});

// But for the sweep, which has no row to leave a word in: the next one takes over its lease.
test.each(definitions.filter(([name]) => name !== "health-sweep"))(
  "%s can end by its own retries before its time limit ends it without a word in the row",
  (name, machine) => {
    const slowest =
      name === "repair-tenant"
        ? worstLoop(machine, { "Verify Repair": rungs.length })
        : worstPath(machine, machine.StartAt);

    expect(slowest).toBeLessThan(machine.TimeoutSeconds ?? 0);
  },
);

test.each([
  ["provision-tenant", provisionSteps],
  ["deprovision-tenant", deprovisionSteps],
] as const)("%s has the states that a status page counts", (name, steps) => {
  const machine = definitions.find(([found]) => found === name)?.[1];

  const lambdas = states(machine ?? { StartAt: "", States: {} })
    .filter(([, { Resource }]) => Resource === invokesLambda)
    .map(([task]) => task);

  expect(lambdas.toSorted()).toEqual([...steps].toSorted());
});

test("every transient error is retried by some workflow", () => {
  const retried = definitions.flatMap(([, machine]) =>
    states(machine).flatMap(([, { Retry = [] }]) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals)),
  );
  expect(transientErrorNames.filter((error) => !retried.includes(error))).toEqual([]);
});
