// A matrix that cannot fail proves nothing: each mistake below, made on purpose, must be found, and its role named.
import { expect, it } from "vitest";
import { type Assertion, assertionsFor } from "./assertions.ts";
import { mistakesIn } from "./mistakes.ts";
import type { StagePolicies, Statement } from "./policies.ts";
import { stage } from "./scene.ts";

const assertions = assertionsFor(Object.keys(stage.roles));

/** Those that the sentences are about. */
const about = (sentences: readonly string[]): Assertion[] =>
  assertions.filter(({ what }) =>
    sentences.some((sentence) => sentence.endsWith(` may ${what}`) || sentence.endsWith(` may not ${what}`)),
  );

const only = (what: string): Assertion => {
  const found = assertions.find((assertion) => assertion.what === what);
  if (!found) throw new Error(`nothing is said of "${what}"`);
  return found;
};

/** What the matrix would report, as sentences about the stage as it is. */
const reported = async (stages: StagePolicies, asked: readonly Assertion[]): Promise<string[]> => {
  const found = asked.map(async (assertion) => {
    const { mayAndShouldNot, shouldAndMayNot } = await mistakesIn(stages, assertion);
    return [
      ...mayAndShouldNot.map((name) => `${name} may ${assertion.what}`),
      ...shouldAndMayNot.map((name) => `${name} may not ${assertion.what}`),
    ];
  });
  return (await Promise.all(found)).flat();
};

/** The same stage with one role's statements changed. */
const changed = (role: string, change: (statements: Statement[]) => Statement[]): StagePolicies => {
  const before = stage.roles[role];
  if (!before) throw new Error(`no role ${role}`);
  const policies = before.policies.map((policy) => ({ ...policy, Statement: change(policy.Statement) }));
  return { ...stage, roles: { ...stage.roles, [role]: { ...before, policies } } };
};

const allow = (...Action: string[]): Statement => ({ Effect: "Allow", Action, Resource: "*" });
/** No statement of ours is written so; one that is must be judged all the same. */
const allButOne = {
  Effect: "Allow",
  NotAction: "s3:GetObject",
  Resource: "*",
} as Partial<Statement> as Statement;
const added =
  (...actions: string[]) =>
  (statements: Statement[]): Statement[] => [...statements, allow(...actions)];
const withoutConditions =
  (action: string) =>
  (statements: Statement[]): Statement[] =>
    statements.map(({ Condition, ...statement }) =>
      [statement.Action].flat().includes(action) || !Condition ? statement : { ...statement, Condition },
    );
const without =
  (action: string) =>
  (statements: Statement[]): Statement[] =>
    statements.filter(({ Action }) => ![Action].flat().includes(action));

it.each<[string, string, (statements: Statement[]) => Statement[], string[]]>([
  [
    "machines read without regard to the reader tag",
    "machine",
    withoutConditions("ssm:GetParameter"),
    [
      "machine A may ssm:GetParameter B's tunnel token",
      "machine B may ssm:GetParameter A's database password",
      "a machine without a tenant may ssm:GetParameter a new tenant's admin token",
    ],
  ],
  [
    "machines get AWS's managed policy for them",
    "machine",
    added("ssm:GetParameter", "ssm:GetParameters"),
    [
      "machine A may ssm:GetParameters B's admin token",
      "machine A may ssm:GetParameter the Cloudflare API token, tagged for A",
    ],
  ],
  [
    "machines may tag parameters",
    "machine",
    added("ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"),
    ["machine A may ssm:AddTagsToResource B's admin token", "machine may take away a secret's reader"],
  ],
  [
    "machines use the key directly",
    "machine",
    withoutConditions("kms:Decrypt"),
    [
      "machine A may kms:Decrypt with the parameters' key directly without a context",
      "machine A may kms:Decrypt with the parameters' key through Parameter Store for the Cloudflare API token",
    ],
  ],
  [
    "machines run commands",
    "machine",
    added("ssm:SendCommand"),
    ["machine may run a command on an instance", "machine may run any document"],
  ],
  [
    "grant-secrets may write any tag",
    "grant-secrets",
    withoutConditions("ssm:AddTagsToResource"),
    ["grant-secrets may name as a reader what is no machine"],
  ],
  [
    "create-secrets may replace a secret",
    "create-secrets",
    withoutConditions("ssm:PutParameter"),
    ["create-secrets may replace an admin token"],
  ],
  [
    "delete-instance terminates without regard to tags",
    "delete-instance",
    withoutConditions("ec2:TerminateInstances"),
    [
      "delete-instance may terminate another stage's instance",
      "delete-instance may terminate the stage's NAT instance",
    ],
  ],
  [
    "restart-unit runs commands without regard to tags",
    "restart-unit",
    withoutConditions("ssm:SendCommand"),
    [
      "restart-unit may run a command on another stage's instance",
      "restart-unit may run a command on the stage's NAT instance",
    ],
  ],
  [
    "restart-unit runs any document",
    "restart-unit",
    added("ssm:SendCommand"),
    ["restart-unit may run any document"],
  ],
  [
    "move-data-volume detaches without regard to tags",
    "move-data-volume",
    withoutConditions("ec2:DetachVolume"),
    ["move-data-volume may detach another stage's volume"],
  ],
  [
    "the daily snapshots are cleared away without regard to tags",
    "daily-snapshots",
    withoutConditions("ec2:DeleteSnapshot"),
    ["daily-snapshots may delete another stage's snapshot"],
  ],
  [
    "launch-instance may give any role to instances",
    "launch-instance",
    added("iam:PassRole"),
    ["launch-instance may give instances another role"],
  ],
  [
    "a task may do everything",
    "probe-tenant",
    added("*"),
    ["probe-tenant may become the admin-token reader", "probe-tenant may read the Cloudflare API token"],
  ],
  [
    "a task may do whatever begins so",
    "probe-tenant",
    added("ec2:Terminate*"),
    ["probe-tenant may terminate another stage's instance"],
  ],
  [
    "a task may do everything but one thing",
    "probe-tenant",
    (statements) => [...statements, allButOne],
    ["probe-tenant may terminate another stage's instance", "probe-tenant may widen a role"],
  ],
  [
    "a task lacks what it needs",
    "create-tunnel",
    without("kms:Encrypt"),
    ["create-tunnel may not encrypt a tunnel token"],
  ],
])("the matrix fails where %s", async (_, role, change, expected) => {
  const asked = about(expected);

  const found = await reported(changed(role, change), asked);

  expect(found).toEqual(expect.arrayContaining(expected));
  expect(await reported(stage, asked)).toEqual([]);
});

it("fails where the audit table's own policy is lost and a task may change entries", async () => {
  const open = changed("verify-removal", added("dynamodb:UpdateItem"));

  const found = await reported({ ...open, resourcePolicies: {} }, [only("change an audit entry")]);

  expect(found).toEqual(["verify-removal may change an audit entry"]);
});

it("names, of all roles, those that may and should not and those that should and may not", async () => {
  const listing = only("list instances");
  const granted = listing.granted.filter((role) => role !== "survey-fleet");

  const widened = await mistakesIn(changed("create-tunnel", added("ec2:DescribeInstances")), {
    ...listing,
    granted: [...granted, "a role that is not there"],
  });

  expect(widened).toEqual({
    mayAndShouldNot: ["create-tunnel", "survey-fleet"],
    shouldAndMayNot: ["a role that is not there"],
  });
});

it.each([
  ["some roles' policies speak of", "ssm:GetParameter A's tunnel token"],
  ["no role's policy speaks of", "read a secret's history"],
])("refuses a request that AWS would never see, of an action that %s", async (_, what) => {
  const { request, ...assertion } = only(what);
  const odd = { ...request, context: { "ec2:CreateAction": "RunInstances" } };

  await expect(mistakesIn(stage, { ...assertion, request: odd })).rejects.toThrow(
    "AWS has no ec2:CreateAction there",
  );
});
