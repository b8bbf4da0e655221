// Properties of what roles may do. Who may do what is held by test/isolation, which knows every action that a role has.
import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import type { Statement as PolicyStatement } from "../isolation/policies.ts";
import { stage, tables } from "../isolation/scene.ts";
import { actionsOf } from "./statements.ts";
import { changed, production, templatesOf } from "./synthesised.ts";

interface Statement {
  role: string;
  actions: string[];
  resources: string[];
  condition: NonNullable<PolicyStatement["Condition"]>;
}

const all: Statement[] = Object.entries(stage.roles).flatMap(([role, { policies }]) =>
  policies
    .flatMap(({ Statement }) => Statement)
    .map(({ Action, Resource = [], Condition = {} }) => ({
      role,
      actions: [Action].flat(),
      resources: [Resource].flat(),
      condition: Condition,
    })),
);

/** It has AWS's own policy for Lambdas, whatever this stage says. */
const ours = all.filter(({ role }) => role !== "CDK's helper");

const shown = ({ role, actions, resources }: Statement): string =>
  `${role}: ${actions.join(", ")} on ${resources.join(", ")}`;

const isOfStage = ({ condition: { StringEquals = {} } }: Statement): boolean =>
  /[tT]ag\/warren:stage":"production"/.test(JSON.stringify(StringEquals));
const isOfTenant = ({ condition: { Null = {} } }: Statement): boolean =>
  /[tT]ag\/warren:slug":"false"/.test(JSON.stringify(Null));

describe("every role", () => {
  const knownResources = [
    // Its one resource, a dataset, is for metrics that come by OTLP; the namespace is what narrows it.
    "machine: cloudwatch:PutMetricData",
    // Image Builder reads what it has launched; image.test.ts holds that it changes nothing else.
    "image-pipeline: ec2:DescribeInstanceAttribute",
  ];

  it("names its actions one by one", () => {
    expect(all.filter(({ actions }) => actions.some((action) => /[*?]/.test(action))).map(shown)).toEqual([]);
  });

  it("names its resources, unless AWS's Service Authorization Reference knows none for the action", async () => {
    const open = ours
      .filter(({ resources }) => resources.includes("*"))
      .flatMap(({ role, actions }) => actions.map((action) => ({ role, action })));

    const asked = open.filter(({ role, action }) => !knownResources.includes(`${role}: ${action}`));
    const needless = asked.map(async ({ role, action }) => {
      const [service = "", name = ""] = action.split(":");
      return (await isWildcardOnlyAction(service, name)) ? [] : [`${role}: ${action}`];
    });

    expect(open.length).toBeGreaterThan(20);
    expect((await Promise.all(needless)).flat()).toEqual([]);
  });

  it("takes no policy of AWS's own, which all allow more than is needed", () => {
    const { data, controlPlane, monitoring, health, api } = templatesOf(production);

    for (const template of [data, controlPlane, monitoring, health, api]) {
      const roles = Object.values(template.findResources("AWS::IAM::Role"));
      expect(roles.filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
    }
  });

  it("uses keys only through the service that holds what they encrypt", () => {
    const uses = ours.filter(({ actions }) => actions.some((action) => action.startsWith("kms:")));
    const direct = uses.filter(({ condition }) => !condition.StringEquals?.["kms:ViaService"]);

    expect(uses.length).toBeGreaterThan(30);
    // CDK's own grant to whoever reads the stream knows no condition.
    expect(direct.map(({ role, actions }) => [role, actions])).toEqual([
      ["dispatch-change", ["kms:Decrypt", "kms:DescribeKey"]],
    ]);
  });
});

describe("a wildcard in a resource", () => {
  const named = /[Ww]arren[-/]production[-/]/;
  /** Each with what narrows it instead of the stage's tag. */
  const otherwise = [
    // The request names the instance, and AWS checks that its own credentials signed it.
    ({ actions }: Statement) => String(actions) === "ssm:UpdateInstanceInformation",
    // What is being created has no tags yet but those in the request, of which another statement speaks.
    ({ actions, condition }: Statement) =>
      String(actions) === "ec2:CreateTags" && condition.StringEquals?.["ec2:CreateAction"] !== undefined,
    // Tags that were lost narrow nothing; the profile is the tenants' own.
    ({ role, condition }: Statement) =>
      ["correct-machine", "delete-instance"].includes(role) && condition.ArnEquals?.["ec2:InstanceProfile"],
    // The template is the stage's, and says which image.
    ({ role, condition }: Statement) =>
      role === "launch-instance" && condition.ArnEquals?.["ec2:LaunchTemplate"],
    // Which tags Data Lifecycle Manager writes in which call is not documented; whose volume is copied is the stage's.
    ({ role, actions, resources }: Statement) =>
      role === "daily-snapshots" &&
      String(actions) === "ec2:CreateSnapshot,ec2:CreateTags" &&
      resources.every((resource) => resource.endsWith("::snapshot/*")),
  ];

  it("stays inside the stage: by a name that begins with the stage's, or by its tag", () => {
    // What makes images looks for a tag of Image Builder's: image.test.ts.
    const asked = ours.filter(({ role }) => !/^image-/.test(role));
    const wide = asked.filter(({ resources }) =>
      resources.some((resource) => resource.length > 1 && resource.includes("*") && !named.test(resource)),
    );
    const beyond = wide.filter((one) => !isOfStage(one));

    expect(wide.length).toBeGreaterThan(20);
    expect(beyond.filter((one) => !otherwise.some((narrows) => narrows(one))).map(shown)).toEqual([]);
  });
});

describe("a task's role", () => {
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

  it("may only append to the audit table, and the API only read one tenant's entries", () => {
    const actions = all
      .filter(({ resources }) => resources.includes(tables.audit))
      .map(({ actions }) => actions);

    // Of verify-removal, verify-repair and read-console; and of the API.
    const append = ["dynamodb:PutItem"];
    expect(actions.toSorted()).toEqual([append, append, append, ["dynamodb:Query"]]);
  });

  it("changes only machines and volumes that carry the stage's and a tenant's tag", () => {
    const changes = /^ec2:((Start|Stop|Reboot|Terminate)Instances|(Attach|Detach|Delete|Create)Volume)$/;
    const statements = ours.filter(
      ({ role, actions }) => role !== "image-pipeline" && actions.some((action) => changes.test(action)),
    );

    expect(statements.length).toBeGreaterThan(8);
    expect(statements.filter((one) => !isOfStage(one) || !isOfTenant(one)).map(shown)).toEqual([]);
  });

  it("launches only by the stage's template, and without a public address", () => {
    const launches = ours.filter(
      ({ role, actions }) => role === "launch-instance" && actions.includes("ec2:RunInstances"),
    );
    const onNew = launches.filter(({ resources }) =>
      /:(instance|volume|network-interface)\//.test(String(resources)),
    );

    expect(onNew.length).toBeGreaterThan(0);
    expect(onNew.every(({ condition }) => condition.ArnEquals?.["ec2:LaunchTemplate"])).toBe(true);
    expect(
      launches.some(({ condition }) => condition.BoolIfExists?.["ec2:AssociatePublicIpAddress"] === "false"),
    ).toBe(true);
  });
});
