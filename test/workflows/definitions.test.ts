import { readFileSync } from "node:fs";
import validate from "asl-validator";
import { describe, expect, test } from "vitest";
import { doubtfulErrorNames, permanentErrorNames, transientErrorNames } from "../../core/errors.ts";
import { rungs } from "../../core/repair/rungs.ts";
import { nextStatuses, tenantStatus } from "../../core/tenant/status.ts";
import { deprovisionSteps, provisionSteps } from "../../core/tenant/steps.ts";
import { type TenantWorkflowName, tenantWorkflows, workflowNames } from "../../core/workflow/workflows.ts";
import { type Retrier, standardRetries } from "../../lib/workflows/standard-retries.ts";
import { definitions, files, states, type Visits, worstCase } from "./definitions.ts";

const integrationErrors = [
  "DynamoDB.ConditionalCheckFailedException",
  "Sfn.ExecutionDoesNotExist",
  "Sfn.ExecutionDoesNotExistException",
  "States.TaskFailed",
  "States.ALL",
];
const invokesLambda = "arn:aws:states:::lambda:invoke";
const standard = [true, false].flatMap((callsCloudflare) =>
  [invokesLambda, "arn:aws:states:::dynamodb:getItem"].flatMap((resource) =>
    standardRetries(resource, callsCloudflare).flatMap(({ ErrorEquals }) => ErrorEquals),
  ),
);
const realErrorNames = [
  ...standard,
  ...integrationErrors,
  ...transientErrorNames,
  ...doubtfulErrorNames,
  ...permanentErrorNames,
];

const errorsOf = (retriers: readonly Retrier[]): string[] =>
  retriers.flatMap(({ ErrorEquals }) => [...ErrorEquals]);
const isStandard = (error: string): boolean => standard.includes(error);

describe.each(definitions)("%s", (name, machine) => {
  const all = states(machine);
  const tasks = all.filter(([, { Type }]) => Type === "Task");

  test("is valid Amazon States Language, its JSONata included", () => {
    const file = JSON.parse(readFileSync(`state-machines/${name}.asl.json`, "utf8"));
    for (const definition of [file, machine]) expect(validate(definition).errors).toEqual([]);
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

  test("leaves the standard retries to lib/workflows/standard-retries.ts", () => {
    const file = files.find(([found]) => found === name)?.[1] ?? machine;
    const repeated = states(file).flatMap(([state, { Retry = [] }]) =>
      Retry.filter(({ ErrorEquals, MaxAttempts }) => MaxAttempts !== 0 && ErrorEquals.some(isStandard)).map(
        ({ ErrorEquals }) => `${state}: ${ErrorEquals.filter(isStandard).join(", ")}`,
      ),
    );

    expect(repeated, "take these out of the file: every task has them, appended at synthesis").toEqual([]);
  });

  test("has the standard retries in every task that is deployed, but for a workflow that it waits for", () => {
    for (const [task, { Resource = "", Retry = [] }] of tasks) {
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      if (Resource.includes(".sync")) expect(retried, task).toEqual([]);
      else expect(retried, task).toEqual(expect.arrayContaining(errorsOf(standardRetries(Resource, false))));
    }
  });

  test("names each error once in a task, so that its own entry is the one that counts", () => {
    for (const [task, { Retry = [] }] of tasks) {
      const retried = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      const twice = retried.filter((error, index) => retried.indexOf(error) < index);
      expect(twice, task).toEqual([]);
    }
  });

  test("retries with full jitter and a cap", () => {
    for (const [task, { Retry = [] }] of tasks) {
      for (const retrier of Retry.filter(({ MaxAttempts }) => MaxAttempts !== 0))
        expect(retrier, task).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number) });
    }
  });

  test("never retries a permanent error", () => {
    const retried = all.flatMap(([, { Retry = [] }]) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals));
    expect(retried.filter((error) => permanentErrorNames.includes(error))).toEqual([]);
  });
});

const repair = definitions.find(([name]) => name === "repair-tenant")?.[1];
const twice = Object.fromEntries(Object.keys(repair?.States ?? {}).map((state) => [state, 2]));

/** How often states are visited that a loop leads to. */
const loops: Record<string, Visits> = {
  "provision-tenant": { "Launch Instance": 4, "Create Data Volume": 4 },
  // Each rung once a look; of a replacement, up to the data's move, four times where new machines end by themselves.
  "repair-tenant": {
    ...twice,
    "Verify Repair": 2 * rungs.length,
    ...Object.fromEntries(
      ["Launch Instance", "Stop Instance", "Snapshot Data Volume", "Move Data Volume"].map((state) => [
        state,
        8,
      ]),
    ),
  },
  "deprovision-tenant": {
    "Delete DNS Record": 2,
    "Delete Instance": 2,
    "Delete Data and Tunnel": 2,
    "Delete Secrets": 2,
    "Verify Removal": 2,
  },
};

// But for the sweep, which has no row to leave a word in: the next one takes over its lease.
test.each(definitions.filter(([name]) => name !== "health-sweep"))(
  "%s can end by its own retries before its time limit ends it without a word in the row",
  (name, machine) => {
    expect(worstCase(machine, loops[name] ?? {})).toBeLessThan(machine.TimeoutSeconds ?? 0);
  },
);

/** What ends a workflow that failed. */
const notCounted = ["Read Console", "Mark Failed"];

test.each([
  ["provision-tenant", provisionSteps],
  ["deprovision-tenant", deprovisionSteps],
] as const)("%s has the states that a status page counts", (name, steps) => {
  const machine = definitions.find(([found]) => found === name)?.[1];

  const lambdas = states(machine ?? { StartAt: "", States: {} })
    .filter(([task, { Resource }]) => Resource === invokesLambda && !notCounted.includes(task))
    .map(([task]) => task);

  expect(lambdas.toSorted()).toEqual([...steps].toSorted());
});

test("every transient or doubtful error is retried by some workflow", () => {
  const retried = definitions.flatMap(([, machine]) =>
    states(machine).flatMap(([, { Retry = [] }]) => Retry.flatMap(({ ErrorEquals }) => ErrorEquals)),
  );
  expect([...transientErrorNames, ...doubtfulErrorNames].filter((error) => !retried.includes(error))).toEqual(
    [],
  );
});

describe("the registry of workflows", () => {
  test("has every definition, and nothing else", () => {
    expect(workflowNames.toSorted()).toEqual(definitions.map(([name]) => name).toSorted());
  });

  test.each(Object.keys(tenantWorkflows) as TenantWorkflowName[])("knows how long %s may take", (name) => {
    const machine = definitions.find(([found]) => found === name)?.[1];

    expect(tenantWorkflows[name].timeLimit).toBe(machine?.TimeoutSeconds);
  });

  test("gives the compensation of a provision as long as a removal has", () => {
    const provision = definitions.find(([name]) => name === "provision-tenant")?.[1];

    expect(provision?.States["Clean Up"]?.TimeoutSeconds).toBe(
      tenantWorkflows["deprovision-tenant"].timeLimit,
    );
  });
});

describe("the status of a row", () => {
  const writes = definitions.flatMap(([name, machine]) =>
    states(machine).flatMap(([state, { Resource, Arguments = {} }]) => {
      const { ConditionExpression = "", UpdateExpression = "", ExpressionAttributeValues = {} } = Arguments;
      const value = (expression: string, pattern: RegExp) =>
        ExpressionAttributeValues[pattern.exec(expression)?.[1] ?? ""]?.S;
      const from = value(ConditionExpression, /#status = (:\w+)/);
      const to = value(UpdateExpression, /#status = (:\w+)/);
      return Resource?.includes("dynamodb:updateItem") && to
        ? [[`${name}: ${state}`, from, to] as const]
        : [];
    }),
  );

  test.each(writes)("is changed by %s from %s to %s, which may follow", (_, from, to) => {
    expect(nextStatuses[tenantStatus.parse(from)]).toContain(to);
  });

  test("is written by some workflow", () => {
    expect(writes).not.toEqual([]);
  });
});
