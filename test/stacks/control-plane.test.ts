import { Match } from "aws-cdk-lib/assertions";
import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { isQueued, queuedWorkflowNames } from "../../core/tenant/queue.ts";
import { nextStatuses, type TenantStatus, tenantStatus } from "../../core/tenant/status.ts";
import { statusesAtWork, workflowOf } from "../../core/workflow/workflows.ts";
import { type Asked, askedBy } from "../../lambdas/dispatch-change/workflow-for-change.ts";
import { incarnation } from "../support/sample.ts";
import { stateTimeouts } from "./state-timeouts.ts";
import { production, templatesOf } from "./synthesised.ts";

const { controlPlane } = templatesOf(production);

describe("the template of tenants' machines", () => {
  const [template] = Object.values(controlPlane.findResources("AWS::EC2::LaunchTemplate"));
  const data = template?.Properties.LaunchTemplateData;

  it("asks for IMDSv2, out of the reach of containers, with the machine's own tags in it", () => {
    expect(data.MetadataOptions).toEqual({
      HttpTokens: "required",
      HttpPutResponseHopLimit: 1,
      InstanceMetadataTags: "enabled",
    });
  });

  it("has no key pair, no user data, and no interface of its own that might ask for a public address", () => {
    expect(data).not.toHaveProperty("KeyName");
    expect(data).not.toHaveProperty("UserData");
    expect(data).not.toHaveProperty("NetworkInterfaces");
  });

  it("encrypts the disk, watches by the minute and tags all that comes with a machine", () => {
    expect(data.BlockDeviceMappings).toEqual([
      {
        DeviceName: "/dev/xvda",
        Ebs: { VolumeType: "gp3", Encrypted: true, DeleteOnTermination: true },
      },
    ]);
    expect(data.Monitoring).toEqual({ Enabled: true });
    expect(data.TagSpecifications.map(({ ResourceType }: { ResourceType: string }) => ResourceType)).toEqual([
      "instance",
      "volume",
      "network-interface",
    ]);
  });

  it("takes the image from its parameter", () => {
    controlPlane.hasParameter("*", {
      Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      Default: "/warren/production/ami",
    });
  });
});

const imageOf = ({ status, queue }: { status: TenantStatus; queue?: string | undefined }) => ({
  slug: { S: "acme" },
  generation: { S: incarnation.generation },
  status: { S: status },
  deletions: { N: "1" },
  repair: { M: { attempt: { N: "1" } } },
  ...(queue && { queue: { S: queue }, queuedAt: { S: "2026-11-22T12:00:00.000Z" } }),
});
type Image = Parameters<typeof imageOf>[0];

const rowChange = (
  eventName: DynamoDBRecord["eventName"],
  before?: Image,
  after?: Image,
): DynamoDBRecord => ({
  ...(eventName && { eventName }),
  dynamodb: {
    ...(before && { OldImage: imageOf(before) }),
    ...(after && { NewImage: imageOf(after) }),
  },
});

const images: Image[] = tenantStatus.options.flatMap((status) =>
  [undefined, ...queuedWorkflowNames].map((queue) => ({ status, queue })),
);
const waitsFor = (status: TenantStatus): boolean => isQueued(workflowOf(status));
/** An INSERT is the API's own, of a row that waits. */
const everyChange = [
  ...images.filter(({ queue }) => queue).map((after) => rowChange("INSERT", undefined, after)),
  ...images.map((before) => rowChange("REMOVE", before)),
  ...images
    // Nothing comes to a workflow that is waited for in any other way.
    .flatMap((before) => images.map((after) => ({ before, after })))
    .filter(({ before, after }) => before.status === after.status || after.queue || !waitsFor(after.status))
    .filter(({ before, after }) => [before.status, ...nextStatuses[before.status]].includes(after.status))
    .map(({ before, after }) => rowChange("MODIFY", before, after)),
];

const isAsking = ({ start, queues }: Asked): boolean => start !== undefined || queues.length > 0;

/** As Lambda matches: the fields of a pattern must all match, each by one of its alternatives. */
const matches = (pattern: object, found: unknown): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    const value = (found as Record<string, unknown> | undefined)?.[field];
    if (!Array.isArray(wanted)) return matches(wanted, value);
    return wanted.some((one) => {
      if (typeof one !== "object") return one === value;
      if ("exists" in one) return (value !== undefined) === one.exists;
      return value !== undefined && !one["anything-but"].includes(value);
    });
  });

describe("the dispatcher", () => {
  it("sees every change that asks for something, by no more patterns than Lambda takes, from the first change on", () => {
    const [mapping] = Object.values(controlPlane.findResources("AWS::Lambda::EventSourceMapping"));
    const patterns: object[] = mapping?.Properties.FilterCriteria.Filters.map(
      ({ Pattern }: { Pattern: string }) => JSON.parse(Pattern),
    );
    const isSeen = (change: object) => patterns.some((pattern) => matches(pattern, change));

    const asking = everyChange.filter((change) => isAsking(askedBy(change)));

    expect(mapping?.Properties.StartingPosition).toBe("TRIM_HORIZON");
    expect(patterns.length).toBeLessThanOrEqual(5);
    expect(asking.length).toBeGreaterThan(30);
    expect(asking.filter((change) => !isSeen(change))).toEqual([]);
    // A step that is recorded, which is what most changes are.
    for (const status of statusesAtWork)
      expect(isSeen(rowChange("MODIFY", { status }, { status }))).toBe(false);
  });

  it("retries a bounded number of times, apart from its neighbours, and then keeps the change in the queue", () => {
    controlPlane.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 8,
      MaximumRecordAgeInSeconds: 43_200,
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("Failures"), "Arn"] } },
      },
    });
  });

  it("keeps failures encrypted, for two weeks, and gives them to nobody over plain HTTP", () => {
    controlPlane.hasResourceProperties("AWS::SQS::Queue", {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    controlPlane.hasResourceProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ],
      },
    });
  });
});

describe("the tasks", () => {
  const lambdas = Object.values(controlPlane.findResources("AWS::Lambda::Function")).map(
    ({ Properties }) => Properties,
  );
  const taskOf = ({ FunctionName }: { FunctionName: string }) =>
    FunctionName.replace("warren-production-", "");

  it("run on the newest Node, on Graviton, and say in every AWS call which task calls", () => {
    for (const lambda of lambdas) {
      expect(lambda).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
      expect(lambda.Environment.Variables.AWS_SDK_UA_APP_ID).toBe(taskOf(lambda));
    }
  });

  it("end before their state gives up on them, so that the error is their own", () => {
    const timeouts = stateTimeouts("provision-tenant", "deprovision-tenant");
    const tasks = lambdas.filter((lambda) => taskOf(lambda) !== "dispatch-change");

    const late = tasks.filter((task) => task.Timeout >= (timeouts.get(taskOf(task)) ?? 0));

    expect(tasks).toHaveLength(timeouts.size);
    expect(late.map(taskOf)).toEqual([]);
  });

  it("write to log groups that end with the configuration's retention", () => {
    controlPlane.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
    expect(lambdas.every(({ LoggingConfig }) => LoggingConfig?.LogGroup)).toBe(true);
  });
});

describe("the workflows", () => {
  it("log every event but no data, and are traced", () => {
    controlPlane.resourceCountIs("AWS::StepFunctions::StateMachine", 2);
    controlPlane.allResourcesProperties("AWS::StepFunctions::StateMachine", {
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false, Destinations: Match.anyValue() },
      TracingConfiguration: { Enabled: true },
    });
  });

  it("have the names by which the dispatcher starts them", () => {
    for (const name of ["provision-tenant", "deprovision-tenant"]) {
      controlPlane.hasResourceProperties("AWS::StepFunctions::StateMachine", {
        StateMachineName: `warren-production-${name}`,
      });
    }
  });
});
