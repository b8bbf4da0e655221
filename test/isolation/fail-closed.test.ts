// A matrix that cannot fail proves nothing: each mistake below, made on purpose, must be found by the cases named.
import { expect, it } from "vitest";
import { casesFor, unfulfilled } from "./cases.ts";
import type { StagePolicies, Statement } from "./policies.ts";
import { stage } from "./scene.ts";

const cases = casesFor(Object.keys(stage.roles));
const casesOf = (role: string) => cases.filter(({ principal }) => principal.role === role);

/** The same stage with one role's statements changed. */
function changed(role: string, change: (statements: Statement[]) => Statement[]): StagePolicies {
  const before = stage.roles[role];
  if (!before) throw new Error(`no role ${role}`);
  const policies = before.policies.map((policy) => ({ ...policy, Statement: change(policy.Statement) }));
  return { ...stage, roles: { ...stage.roles, [role]: { ...before, policies } } };
}

const allow = (...Action: string[]): Statement => ({ Effect: "Allow", Action, Resource: "*" });
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
      "machine A may not ssm:GetParameter B's tunnel token",
      "machine B may not ssm:GetParameter A's database password",
      "a machine without a tenant may not ssm:GetParameter a new tenant's admin token",
    ],
  ],
  [
    "machines get AWS's managed policy for them",
    "machine",
    added("ssm:GetParameter", "ssm:GetParameters"),
    [
      "machine A may not ssm:GetParameters B's admin token",
      "machine A may not ssm:GetParameter the Cloudflare API token, tagged for A",
    ],
  ],
  [
    "machines may tag parameters",
    "machine",
    added("ssm:AddTagsToResource", "ssm:RemoveTagsFromResource"),
    [
      "machine A may not ssm:AddTagsToResource B's admin token",
      "machine may not take away a secret's reader",
    ],
  ],
  [
    "machines use the key directly",
    "machine",
    withoutConditions("kms:Decrypt"),
    [
      "machine A may not kms:Decrypt with the parameters' key directly without a context",
      "machine A may not kms:Decrypt with the parameters' key through Parameter Store for the Cloudflare API token",
    ],
  ],
  [
    "machines run commands",
    "machine",
    added("ssm:SendCommand"),
    ["machine may not run a command on an instance", "machine may not run any document"],
  ],
  [
    "grant-secrets may write any tag",
    "grant-secrets",
    withoutConditions("ssm:AddTagsToResource"),
    ["grant-secrets may not name as a reader what is no machine"],
  ],
  [
    "create-secrets may replace a secret",
    "create-secrets",
    withoutConditions("ssm:PutParameter"),
    ["create-secrets may not replace an admin token"],
  ],
  [
    "delete-instance terminates without regard to tags",
    "delete-instance",
    withoutConditions("ec2:TerminateInstances"),
    [
      "delete-instance may not terminate another stage's instance",
      "delete-instance may not terminate the stage's NAT instance",
    ],
  ],
  [
    "restart-connector runs commands without regard to tags",
    "restart-connector",
    withoutConditions("ssm:SendCommand"),
    [
      "restart-connector may not run a command on another stage's instance",
      "restart-connector may not run a command on the stage's NAT instance",
    ],
  ],
  [
    "restart-application runs any document",
    "restart-application",
    added("ssm:SendCommand"),
    ["restart-application may not run any document"],
  ],
  [
    "move-data-volume detaches without regard to tags",
    "move-data-volume",
    withoutConditions("ec2:DetachVolume"),
    ["move-data-volume may not detach another stage's volume"],
  ],
  [
    "the daily snapshots are cleared away without regard to tags",
    "daily-snapshots",
    withoutConditions("ec2:DeleteSnapshot"),
    ["daily-snapshots may not delete another stage's snapshot"],
  ],
  [
    "launch-instance may give any role to instances",
    "launch-instance",
    added("iam:PassRole"),
    ["launch-instance may not give instances another role"],
  ],
  [
    "a task may do everything",
    "probe-tenant",
    added("*"),
    [
      "probe-tenant may not become the admin-token reader",
      "probe-tenant may not read the Cloudflare API token",
    ],
  ],
  [
    "a task lacks what it needs",
    "create-tunnel",
    without("kms:Encrypt"),
    ["create-tunnel may encrypt a tunnel token"],
  ],
])("the matrix fails where %s", async (_, role, change, expected) => {
  const failing = await unfulfilled(changed(role, change), casesOf(role));

  expect(failing).toEqual(expect.arrayContaining(expected));
});

it("fails where the audit table's own policy is lost and a task may change entries", async () => {
  const open = changed("verify-removal", added("dynamodb:UpdateItem"));

  const failing = await unfulfilled({ ...open, resourcePolicies: {} }, casesOf("verify-removal"));

  expect(failing).toContain("verify-removal may not change an audit entry");
});

it("finds nothing in the machines' role as it is", async () => {
  expect(await unfulfilled(stage, casesOf("machine"))).toEqual([]);
});

it("refuses a request that AWS would never see", async () => {
  const [first] = cases;
  if (!first) throw new Error("there are no cases");
  const odd = { ...first, request: { ...first.request, context: { "ec2:CreateAction": "RunInstances" } } };

  await expect(unfulfilled(stage, [odd])).rejects.toThrow("AWS has no ec2:CreateAction there");
});
