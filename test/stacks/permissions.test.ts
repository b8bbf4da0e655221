import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { actionsOf, type Statement, statementsOf } from "./statements.ts";
import { changed, production, templatesOf } from "./synthesised.ts";

const { controlPlane, health, api } = templatesOf(production);

describe("every role", () => {
  const statements = [controlPlane, health, api].flatMap((template) => statementsOf(template));

  it("names its actions one by one", () => {
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
  });

  it("names its resources, unless AWS's Service Authorization Reference knows none for the action", async () => {
    const open = statements.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);

    // Its one resource, a dataset, is for metrics that come by OTLP; the namespace is what narrows it.
    const asked = open.filter((action) => action !== "cloudwatch:PutMetricData");
    const needless = asked.map(async (action) => {
      const [service = "", name = ""] = action.split(":");
      return (await isWildcardOnlyAction(service, name)) ? [] : [action];
    });

    expect(open.length).toBeGreaterThan(20);
    expect((await Promise.all(needless)).flat()).toEqual([]);
  });

  it("takes no policy of AWS's own, which all allow more than is needed", () => {
    for (const template of [controlPlane, health, api]) {
      const roles = Object.values(template.findResources("AWS::IAM::Role"));
      expect(roles.filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
    }
  });

  it("uses keys only through the service that holds what they encrypt", () => {
    const uses = statements.filter(({ Action }) => Action.some((action) => action.startsWith("kms:")));
    const direct = uses.filter(({ Condition }) => !Condition.StringEquals?.["kms:ViaService"]);

    // CDK's own grant to whoever reads the stream knows no condition.
    expect(direct.map(({ Action }) => Action)).toEqual([["kms:Decrypt", "kms:DescribeKey"]]);
  });
});

describe("a task's role", () => {
  const row = "dynamodb:UpdateItem";

  it.each([
    ["ProvisionCreateTunnel", [row, "ssm:AddTagsToResource", "ssm:GetParameter", "ssm:PutParameter"]],
    [
      "ProvisionLaunchInstance",
      [
        row,
        "ec2:CreateTags",
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ec2:RunInstances",
        "iam:PassRole",
      ],
    ],
    [
      "ProvisionCreateDataVolume",
      [
        row,
        "ec2:AttachVolume",
        "ec2:CreateTags",
        "ec2:CreateVolume",
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
      ],
    ],
    ["ProvisionCreateSecrets", [row, "ssm:AddTagsToResource", "ssm:PutParameter"]],
    ["ProvisionGrantSecrets", [row, "ssm:AddTagsToResource"]],
    ["ProvisionCreateDnsRecord", [row, "ssm:GetParameter"]],
    ["ProvisionProbeTenant", ["dynamodb:GetItem", row]],
    ["DeprovisionAwaitRunningWorkflows", [row, "states:DescribeExecution", "states:StopExecution"]],
    ["DeprovisionDeleteDnsRecord", [row, "ssm:GetParameter"]],
    ["DeprovisionDeleteInstance", [row, "ec2:DescribeInstances", "ec2:TerminateInstances"]],
    [
      "DeprovisionDeleteDataVolume",
      [
        row,
        "ec2:CreateSnapshot",
        "ec2:CreateTags",
        "ec2:DeleteSnapshot",
        "ec2:DeleteVolume",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
      ],
    ],
    ["DeprovisionDeleteTunnel", [row, "ssm:GetParameter"]],
    ["DeprovisionDeleteSecrets", [row, "ssm:DeleteParameter"]],
    [
      "DeprovisionVerifyRemoval",
      [
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        row,
        "ec2:DescribeInstances",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
        "ssm:GetParameter",
      ],
    ],
  ])("%s may do what its task does and no more", (role, actions) => {
    expect(actionsOf(controlPlane, role)).toEqual(actions);
  });

  const restart = [row, "ssm:GetCommandInvocation", "ssm:SendCommand"];
  const executions = ["states:DescribeExecution", "states:StartExecution", "states:StopExecution"];

  it.each([
    [
      "SweepSurveyFleet",
      [
        ...["dynamodb:DescribeTable", "dynamodb:Scan", row],
        ...["ec2:DescribeInstanceStatus", "ec2:DescribeInstances", "ssm:GetParameter"],
      ],
    ],
    ["SweepJudgeFleet", ["dynamodb:GetItem", row]],
    ["SweepResumeWork", ["dynamodb:GetItem", row, ...executions]],
    ["RepairDiagnoseTenant", ["dynamodb:GetItem", "ec2:DescribeInstanceStatus", "ec2:DescribeInstances"]],
    ["RepairRestartConnector", restart],
    ["RepairRestartApplication", restart],
    ["RepairStartInstance", [row, "ec2:DescribeInstances", "ec2:StartInstances"]],
    ["RepairRebootInstance", [row, "ec2:DescribeInstances", "ec2:RebootInstances"]],
    ["RepairStopInstance", [row, "ec2:DescribeInstances", "ec2:StopInstances"]],
    [
      "RepairSnapshotDataVolume",
      ["ec2:CreateSnapshot", "ec2:CreateTags", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"],
    ],
    [
      "RepairMoveDataVolume",
      ["ec2:AttachVolume", "ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DetachVolume"],
    ],
    ["RepairRetireInstance", [row, "ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:TerminateInstances"]],
    ["RepairVerifyRepair", ["dynamodb:GetItem", "dynamodb:PutItem"]],
    ["RepairFinishRepair", ["dynamodb:GetItem", row]],
  ])("%s may do what its task of health does and no more", (role, actions) => {
    expect(actionsOf(health, role)).toEqual(actions);
  });

  it("may not copy data before a replacement where no such copy is wanted", () => {
    const { health: template } = templatesOf(
      changed(production, { health: { snapshotBeforeReplacement: false } }),
    );

    expect(actionsOf(template, "RepairSnapshotDataVolume")).toEqual([]);
  });

  it("may not make snapshots where no snapshot is kept", () => {
    const dataVolume = { sizeGiB: 8, retention: "delete" };
    const template = templatesOf(changed(production, { machine: { ...production.machine, dataVolume } }));

    const actions = actionsOf(template.controlPlane, "DeprovisionDeleteDataVolume");

    expect(actions.filter((action) => action.includes("Snapshot"))).toEqual([
      "ec2:DeleteSnapshot",
      "ec2:DescribeSnapshots",
    ]);
  });

  it("may not delete data where all of it is kept", () => {
    const dataVolume = { sizeGiB: 8, retention: "retain" };
    const template = templatesOf(changed(production, { machine: { ...production.machine, dataVolume } }));

    const actions = actionsOf(template.controlPlane, "DeprovisionDeleteDataVolume");

    expect(actions.filter((action) => action.startsWith("ec2:Delete"))).toEqual([]);
  });

  it("may only append to the audit table", () => {
    const ofAudit = ({ Resource }: Statement) => JSON.stringify(Resource).includes("GetAttAudit");

    const actions = [controlPlane, health]
      .flatMap((template) => statementsOf(template))
      .filter(ofAudit)
      .flatMap(({ Action }) => Action);

    // Of verify-removal and verify-repair.
    expect(actions).toEqual(["dynamodb:PutItem", "dynamodb:PutItem"]);
  });

  it("changes only machines and volumes that carry the stage's and a tenant's tag", () => {
    const changes = /^ec2:((Start|Stop|Reboot|Terminate)Instances|(Attach|Detach|Delete|Create)Volume)$/;
    const statements = [controlPlane, health]
      .flatMap((template) => statementsOf(template))
      .filter(({ Action }) => Action.some((action) => changes.test(action)));

    expect(statements.length).toBeGreaterThan(8);
    for (const { Condition } of statements) {
      expect(JSON.stringify(Condition.StringEquals)).toContain('/warren:stage":"production"');
      expect(JSON.stringify(Condition.Null)).toContain('/warren:slug":"false"');
    }
  });

  it("launches only by the stage's template, and without a public address", () => {
    const launches = statementsOf(controlPlane, "ProvisionLaunchInstance").filter(({ Action }) =>
      Action.includes("ec2:RunInstances"),
    );
    const onNew = launches.filter(({ Resource }) =>
      /:(instance|volume|network-interface)\//.test(JSON.stringify(Resource)),
    );

    expect(onNew.every(({ Condition }) => Condition.ArnEquals?.["ec2:LaunchTemplate"])).toBe(true);
    expect(
      launches.some(({ Condition }) => Condition.BoolIfExists?.["ec2:AssociatePublicIpAddress"] === "false"),
    ).toBe(true);
  });
});

describe("the API's role", () => {
  it("writes rows and starts nothing", () => {
    expect(actionsOf(api, "Api")).toEqual([
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Scan",
      "dynamodb:UpdateItem",
    ]);
  });
});

describe("a workflow's role", () => {
  it("invokes the tasks that its file names, and works on the Tenants table alone", () => {
    expect(actionsOf(controlPlane, "deprovisiontenant")).toEqual([
      "dynamodb:DeleteItem",
      "dynamodb:UpdateItem",
      "lambda:InvokeFunction",
    ]);
  });

  it("may start and watch the removal that a failed provision needs", () => {
    expect(actionsOf(controlPlane, "provisiontenant")).toEqual([
      "dynamodb:UpdateItem",
      "events:DescribeRule",
      "events:PutRule",
      "events:PutTargets",
      "lambda:InvokeFunction",
      "states:DescribeExecution",
      "states:StartExecution",
      "states:StopExecution",
    ]);
  });
});

describe("the sweep's and the repair's roles", () => {
  it("let a sweep see whether another one runs, and nothing else of executions", () => {
    expect(actionsOf(health, "healthsweep")).toEqual([
      "dynamodb:GetItem",
      "dynamodb:UpdateItem",
      "lambda:InvokeFunction",
      "states:DescribeExecution",
    ]);
    const [describing] = statementsOf(health, "healthsweep").filter(({ Action }) =>
      Action.includes("states:DescribeExecution"),
    );
    expect(JSON.stringify(describing?.Resource)).toContain(":execution:warren-production-health-sweep:*");
  });

  it("let a repair tell the operators", () => {
    expect(actionsOf(health, "repairtenant")).toEqual([
      "dynamodb:UpdateItem",
      "lambda:InvokeFunction",
      "sns:Publish",
    ]);
  });

  it("let the schedule start sweeps, and set aside those that it could not", () => {
    expect(actionsOf(health, "ScheduleRole")).toEqual(["sqs:SendMessage", "states:StartExecution"]);
  });
});

describe("the machines' role", () => {
  const statements = statementsOf(controlPlane, "MachineRole");
  const reading = statements.filter(({ Action }) => Action.some((action) => action.startsWith("ssm:Get")));

  it("reads only parameters whose reader is the very machine", () => {
    expect(reading).toHaveLength(1);
    expect(reading[0]).toMatchObject({
      Action: ["ssm:GetParameter"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, filled in by IAM
      Condition: { StringEquals: { "aws:ResourceTag/reader": "${aws:userid}" } },
    });
    expect(JSON.stringify(reading[0]?.Resource)).toContain(":parameter/warren/production/tenants/*");
  });

  it("decrypts only this stage's parameters", () => {
    const decrypting = statements.find(({ Action }) => Action.includes("kms:Decrypt"));

    expect(JSON.stringify(decrypting?.Condition.StringLike)).toContain(
      ":parameter/warren/production/tenants/*",
    );
  });
});
