// That no path of a workflow comes to an expression without a value or to a task that refuses what it is given: Step
// Functions would end it there, without a word in the row.
import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { startForRemovedRow, startOf, type WorkflowName } from "../../core/workflow/workflows.ts";
import { ladders } from "../../lambdas/diagnose-tenant/ladder.ts";
import { type TaskName, tasks } from "../../lambdas/tasks.ts";
import { functionPlaceholder } from "../../lib/workflows/state-machine-file.ts";
import { incarnation } from "../support/sample.ts";
import { surveyOf } from "../support/sample-surveys.ts";
import { answers } from "./answers.ts";
import { definitions, states } from "./definitions.ts";
import type { Value } from "./jsonata.ts";
import { type Definition, type Surroundings, walk } from "./paths.ts";

const row = { ...incarnation, deletions: 1, repairs: 1 };
const unfinished = { ...incarnation, status: "deleting", updatedAt: "2026-11-22T12:00:00.000Z" } as const;
const left = { ...unfinished, deletions: 1, attempt: 0, resumed: 0 };

/** Answers besides the usual one that lead elsewhere, or have other fields. */
const others: { [Name in TaskName]?: object[] } = {
  "judge-fleet": [{ ...answers["judge-fleet"], blind: { unknown: 9, judged: 10, why: "no answer" } }],
  "diagnose-tenant": [
    { finding: "healthy", reason: "200", rungs: [], replaces: [] },
    { finding: "unknown", reason: "no answer", rungs: [], replaces: [] },
    // Every rung that may be tried while there is no machine: none may need its id.
    ...ladders.missing.map((rung) => ({
      finding: "missing",
      reason: "no machine",
      rungs: [rung],
      replaces: [],
    })),
    {
      finding: "stopped",
      reason: "",
      rungs: ["start-instance"],
      instanceId: "i-1",
      replaces: ["i-1", "i-2"],
    },
    { finding: "tunnel", reason: "530", rungs: ["correct-route"], replaces: [] },
    { finding: "drift", reason: "200", rungs: ["correct-machine"], instanceId: "i-1", replaces: ["i-1"] },
    { finding: "edge", reason: "520", rungs: ["restart-front"], instanceId: "i-1", replaces: [] },
    { finding: "origin", reason: "502", rungs: ["restart-application"], instanceId: "i-1", replaces: [] },
  ],
  "correct-route": [{ outcome: "deferred", detail: "a new tunnel" }],
  "correct-machine": [{ outcome: "skipped", detail: "" }],
  "restart-unit": [{ outcome: "skipped", detail: "" }],
  "snapshot-data-volume": [{}],
  "verify-repair": [
    { healthy: false, evidence: "530", known: true, elsewhere: false, summary: "it (done): 530" },
    { healthy: false, evidence: "timeout", known: false, elsewhere: false, summary: "it (done): timeout" },
    { healthy: false, evidence: "530", known: true, elsewhere: true, summary: "it (done): 530" },
  ],
  "finish-repair": [{ status: "degraded", reason: "530", advice: "Look." }],
  "delete-dns-record": [{ deleted: [] }],
  "delete-instance": [{ deleted: [] }],
  "delete-tunnel": [{ deleted: [] }],
  "delete-secrets": [{ deleted: [] }],
  "survey-fleet": [surveyOf({ pages: 2 }), surveyOf({ page: 1, pages: 2, unfinished: [left] })],
};

/** What a service answers that a workflow calls itself. */
const ofServices: Record<string, Value[]> = {
  "dynamodb:getItem": [
    {},
    { Item: { generation: { S: incarnation.generation } } },
    { Item: { holder: { S: "arn:other" } } },
    { Item: {} },
  ],
  "aws-sdk:sfn:describeExecution": [{ Status: "RUNNING" }, { Status: "TIMED_OUT" }],
  "dynamodb:updateItem": [{}],
  "dynamodb:deleteItem": [{}],
  "states:startExecution.sync:2": [{ Output: {} }],
  "sns:publish": [{ MessageId: "1" }],
};

const taskIn = (args: Value) =>
  tasks.find(
    ({ name }) => `\${${functionPlaceholder(name)}}` === (args as { FunctionName?: string }).FunctionName,
  );

/** One place of each ladder will do: from there on all begins again. */
const isAtReboot = (args: Value): boolean =>
  (args as { Payload: { rung?: string } }).Payload.rung === "reboot-instance";

const resultsOf: Surroundings["resultsOf"] = (resource, args) => {
  const service = resource.replace("arn:aws:states:::", "");
  const task = taskIn(args);
  if (!task) return ofServices[service] ?? [];
  const { page } = (task.input as z.ZodType<{ page?: number }>).parse((args as { Payload: Value }).Payload);
  const all = [answers[task.name], ...(others[task.name] ?? [])] as { page?: number; elsewhere?: boolean }[];
  return all
    .filter((answer) => answer.page === page && (!answer.elsewhere || isAtReboot(args)))
    .map((Payload) => ({ Payload }) as Value);
};

const failed = { errorType: "Error", errorMessage: "It failed, and says so in words." };
/** As Step Functions tells them: of a Lambda as JSON, which it cuts off where it is long; of itself without any cause. */
const errors = [
  { Error: "TenantSupersededError", Cause: JSON.stringify(failed) },
  { Error: "Lambda.Unknown", Cause: JSON.stringify({ errorType: "Error" }) },
  { Error: "AwsRejectedError", Cause: JSON.stringify(failed).slice(0, -9) },
  { Error: "DynamoDB.InternalServerErrorException", Cause: "In words." },
  { Error: "States.TaskFailed", Cause: "" },
  { Error: "States.Timeout" },
];

/** @param other what a catcher of all errors is given */
const caughtBy =
  (other: (typeof errors)[number]) =>
  ([name = ""]: readonly string[]) =>
    name === "States.ALL" ? other : { ...other, Error: name };

const inputs: Record<WorkflowName, object[]> = {
  "provision-tenant": [startOf("provision-tenant", row)?.input ?? {}],
  "deprovision-tenant": [
    startOf("deprovision-tenant", row)?.input ?? {},
    startForRemovedRow({ ...row, repairs: 0 }).input,
    { ...incarnation, reason: "compensation" },
  ],
  "repair-tenant": [startOf("repair-tenant", row)?.input ?? {}],
  "health-sweep": [{}],
};

const walked = (definition: Definition, starts: Value[]) =>
  Promise.all(
    starts.flatMap((Input) =>
      errors.map((error) => {
        const execution = { Id: "arn:me", Name: "me", Input };
        return walk(definition, { execution, resultsOf, errorOf: caughtBy(error) });
      }),
    ),
  );

describe.each(definitions)("%s, on every path", (name, machine) => {
  let walks: Awaited<ReturnType<typeof walked>>;
  beforeAll(async () => {
    walks = await walked(machine as unknown as Definition, inputs[name as WorkflowName] as Value[]);
    // Half a minute alone; beside the emulated suites as long as they let it.
  }, 300_000);

  test("has a value in every field, and gives each task what it takes", () => {
    const visited = new Set(walks.flatMap((one) => [...one.visited]));

    const every = states(machine).map(([state]) => state);
    expect(every.filter((state) => !visited.has(state))).toEqual([]);
  });

  // Names that begin with "States." are Step Functions' own: a Fail state that gives one is itself an error.
  test("fails with the name of an error, none of Step Functions' own, and the state that it came from", () => {
    const failures = walks.flatMap(({ ends }) => ends.filter(({ failed }) => failed));

    const cause = expect.stringMatching(/^[A-Z][\w ]+: /);
    for (const { output } of failures)
      expect(output).toEqual({ Error: expect.stringMatching(/^(?!States\.)./), Cause: cause });
  });
});
