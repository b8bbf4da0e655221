import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import type { Admit } from "../../core/queue/admitter.ts";
import { incarnation } from "../../test/support/sample.ts";
import { dispatchChanges } from "./dispatch-change.ts";

const env = {
  WORKFLOW_ARN_PREFIX: "arn:",
};
const base = `acme-${incarnation.generation}`;

const image = (status: string, deletions = 0) => ({
  slug: { S: "acme" },
  generation: { S: incarnation.generation },
  status: { S: status },
  deletions: { N: String(deletions) },
});
type Image = ReturnType<typeof image>;

const queued = (status: string, queue: string, deletions = 0) => ({
  ...image(status, deletions),
  queue: { S: queue },
  queuedAt: { S: "2026-11-22T12:00:00.000Z" },
});

const repaired = (status: string, attempt: number) => ({
  ...image(status, 1),
  repair: { M: { attempt: { N: String(attempt) } } },
});

const change = (eventName: DynamoDBRecord["eventName"], before?: object, after?: object): DynamoDBRecord => ({
  ...(eventName && { eventName }),
  dynamodb: {
    Keys: { slug: { S: "acme" } },
    SequenceNumber: `${eventName}-1`,
    ...(before && { OldImage: before as Image }),
    ...(after && { NewImage: after as Image }),
  },
});

const world = (failing: string[] = []) => {
  const started: [string, string, object][] = [];
  const errors: object[] = [];
  const start = async (arn: string, name: string, input: object) => {
    if (failing.includes(name)) throw new Error("Step Functions is away");
    started.push([arn, name, input]);
  };
  const logger = {
    info: () => {},
    error: (message: unknown, extra: unknown) => errors.push({ message, extra }),
  };
  const admissions: [string, string[]][] = [];
  const admit: Admit = async (workflow, arrived) => {
    if (failing.includes(workflow)) throw new Error("DynamoDB is away");
    admissions.push([workflow, arrived.map(({ slug }) => slug)]);
    return [];
  };
  return {
    started,
    errors,
    admissions,
    deps: { env, executions: { start }, admit, logger: logger as never },
  };
};

describe("dispatch-change", () => {
  it.each<[string, DynamoDBRecord, [string, string, object]]>([
    [
      "provisions a new tenant",
      change("INSERT", undefined, image("provisioning")),
      ["arn:provision-tenant", base, incarnation],
    ],
    [
      "deprovisions a tenant whose deletion was asked for",
      change("MODIFY", image("ready"), image("deleting", 2)),
      ["arn:deprovision-tenant", `${base}-delete-2`, { ...incarnation, reason: "delete", repairs: 0 }],
    ],
    [
      "repairs a tenant whose repair was ordered",
      change("MODIFY", repaired("degraded", 2), repaired("repairing", 3)),
      ["arn:repair-tenant", `${base}-repair-3`, { ...incarnation, attempt: 3 }],
    ],
    [
      "tells a removal which repair may still run",
      change("MODIFY", repaired("repairing", 3), repaired("deleting", 3)),
      ["arn:deprovision-tenant", `${base}-delete-1`, { ...incarnation, reason: "delete", repairs: 3 }],
    ],
    [
      "provisions a tenant that was let begin",
      change("MODIFY", queued("provisioning", "provision-tenant"), image("provisioning")),
      ["arn:provision-tenant", base, incarnation],
    ],
    [
      "deprovisions a tenant whose removal was let begin",
      change("MODIFY", queued("deleting", "deprovision-tenant", 2), image("deleting", 2)),
      ["arn:deprovision-tenant", `${base}-delete-2`, { ...incarnation, reason: "delete", repairs: 0 }],
    ],
    [
      "deprovisions a tenant whose row was removed by hand",
      change("REMOVE", image("ready")),
      ["arn:deprovision-tenant", `${base}-removed`, { ...incarnation, reason: "removed", repairs: 0 }],
    ],
  ])("%s", async (_, record, expected) => {
    const { started, deps } = world();

    expect(await dispatchChanges([record], deps)).toEqual({ batchItemFailures: [] });
    expect(started).toEqual([expected]);
  });

  it.each<[string, DynamoDBRecord]>([
    [
      "a tenant that waits for its turn",
      change("INSERT", undefined, queued("provisioning", "provision-tenant")),
    ],
    [
      "a removal that waits for its turn",
      change("MODIFY", image("ready"), queued("deleting", "deprovision-tenant", 1)),
    ],
    [
      "a removal of a tenant that waits for its turn",
      change(
        "MODIFY",
        queued("provisioning", "provision-tenant"),
        queued("deleting", "deprovision-tenant", 1),
      ),
    ],
    ["a step that was recorded", change("MODIFY", image("provisioning"), image("provisioning"))],
    ["a tenant that became ready", change("MODIFY", image("provisioning"), image("ready"))],
    ["a rung of a repair", change("MODIFY", repaired("repairing", 1), repaired("repairing", 1))],
    ["a repair that is begun anew", change("MODIFY", repaired("repairing", 1), repaired("repairing", 2))],
    ["a tenant that was repaired", change("MODIFY", repaired("repairing", 1), repaired("ready", 1))],
    ["a step of a removal", change("MODIFY", image("deleting", 1), image("deleting", 1))],
    ["the row that a removal deletes at its end", change("REMOVE", image("deleting", 1))],
    ["a row that was put in as something else than new", change("INSERT", undefined, image("ready"))],
    ["a change whose new row the stream does not tell", change("MODIFY", image("ready"))],
    ["a change whose old row the stream does not tell", change("MODIFY", undefined, image("deleting", 1))],
  ])("starts nothing for %s", async (_, record) => {
    const { started, deps } = world();

    expect(await dispatchChanges([record], deps)).toEqual({ batchItemFailures: [] });
    expect(started).toEqual([]);
  });

  it("starts the same execution, by name, when a change is delivered twice", async () => {
    const { started, deps } = world();
    const record = change("INSERT", undefined, image("provisioning"));

    await dispatchChanges([record, record], deps);

    expect(started[0]).toEqual(started[1]);
  });

  it("asks for the batch again from the change that failed on, and keeps the order", async () => {
    const { started, deps } = world([base]);
    const records = [
      change("REMOVE", image("ready")),
      change("INSERT", undefined, image("provisioning")),
      change("MODIFY", image("ready"), image("deleting", 1)),
    ];

    const answer = await dispatchChanges(records, deps);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "INSERT-1" }] });
    expect(started.map(([, name]) => name)).toEqual([`${base}-removed`]);
  });

  it.each<[string, DynamoDBRecord, [string, string[]][]]>([
    [
      "a tenant joins the queue",
      change("INSERT", undefined, queued("provisioning", "provision-tenant")),
      [["provision-tenant", ["acme"]]],
    ],
    [
      "a removal joins the queue",
      change("MODIFY", image("ready"), queued("deleting", "deprovision-tenant", 1)),
      [["deprovision-tenant", ["acme"]]],
    ],
    [
      "a provision has ended",
      change("MODIFY", image("provisioning"), image("ready")),
      [["provision-tenant", []]],
    ],
    [
      "a provision has failed",
      change("MODIFY", image("provisioning"), image("failed")),
      [["provision-tenant", []]],
    ],
    ["a removal has ended", change("REMOVE", image("deleting", 1)), [["deprovision-tenant", []]]],
    [
      "a provision is removed",
      change("MODIFY", image("provisioning"), queued("deleting", "deprovision-tenant", 1)),
      [
        ["provision-tenant", []],
        ["deprovision-tenant", ["acme"]],
      ],
    ],
    ["a repair has ended", change("MODIFY", repaired("repairing", 1), repaired("ready", 1)), []],
    ["a step is recorded", change("MODIFY", image("provisioning"), image("provisioning")), []],
  ])("looks at the queues when %s", async (_, record, expected) => {
    const { admissions, deps } = world();

    await dispatchChanges([record], deps);

    expect(admissions).toEqual(expected);
  });

  it("looks at each queue once for a batch", async () => {
    const { admissions, deps } = world();
    const record = change("INSERT", undefined, queued("provisioning", "provision-tenant"));

    await dispatchChanges([record, record, change("MODIFY", image("provisioning"), image("ready"))], deps);

    expect(admissions).toEqual([["provision-tenant", ["acme", "acme"]]]);
  });

  it("asks for the whole batch again when a queue could not be looked at", async () => {
    const { started, deps } = world(["provision-tenant"]);
    const records = [
      change("MODIFY", image("ready"), image("deleting", 1)),
      change("INSERT", undefined, queued("provisioning", "provision-tenant")),
    ];

    const answer = await dispatchChanges(records, deps);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "MODIFY-1" }] });
    expect(started).toHaveLength(1);
  });

  it("fails a malformed row alone, and says what is wrong with it", async () => {
    const { errors, deps } = world();
    const { generation: _, ...malformed } = image("provisioning");

    const answer = await dispatchChanges([change("INSERT", undefined, malformed)], deps);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "INSERT-1" }] });
    expect(errors).toMatchObject([
      { message: "a change of tenant acme started nothing", extra: { slug: "acme", change: "INSERT" } },
    ]);
    expect(String((errors[0] as { extra: { error: Error } }).extra.error)).toContain("generation");
  });
});
