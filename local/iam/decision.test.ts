import { expect, test } from "vitest";
import { isAllowed, type Request } from "./decision.ts";

const arn = (resource: string): string => `arn:aws:ec2:eu-central-1:000000000000:${resource}`;
const instance = arn("instance/i-0123456789abcdef0");
const volume = arn("volume/vol-0123456789abcdef0");

const session = {
  roleArn: "arn:aws:iam::000000000000:role/tasks/stop-instance",
  roleId: "AROASTOPINSTANCE",
  name: "warren-stop-instance",
};

const allow = (Condition: object = {}) => ({
  Effect: "Allow",
  Action: "ec2:Terminate*",
  Resource: "*",
  Condition,
});
const deny = { Effect: "Deny", Action: ["ec2:*"], Resource: "arn:aws:ec2:*:*:instance/*" };

const terminate = (context: Request["context"] = {}): Request => ({
  action: "ec2:TerminateInstances",
  resource: instance,
  context,
});
const decide = (statements: object[], request = terminate()): Promise<boolean> =>
  isAllowed(session, request, { identity: [{ Version: "2012-10-17", Statement: statements }] });

test("nothing is allowed that no statement allows", async () => {
  expect(await decide([])).toBe(false);
  expect(await decide([allow()])).toBe(true);
  expect(await decide([{ ...allow(), Action: "ec2:TERMINATEINSTANCES" }])).toBe(true);
  expect(await decide([{ ...allow(), Resource: "arn:aws:ec2:*:*:volume/*" }])).toBe(false);
});

test("a deny wins over an allow", async () => {
  const tag = (resource: string): Request => ({ action: "ec2:CreateTags", resource });
  const statements = [{ ...allow(), Action: "ec2:CreateTags" }, deny];

  expect(await decide(statements, tag(instance))).toBe(false);
  expect(await decide(statements, tag(volume))).toBe(true);
});

const stage = { "aws:resourcetag/warren:stage": ["local"] };

test.each<[string, object, Record<string, string[]>, boolean]>([
  ["an equal tag", { StringEquals: { "aws:ResourceTag/warren:stage": "local" } }, stage, true],
  ["another tag", { StringEquals: { "aws:ResourceTag/warren:stage": "production" } }, stage, false],
  ["a tag that is absent", { StringEquals: { "aws:ResourceTag/warren:stage": "local" } }, {}, false],
  ["one of several values", { StringLike: { "aws:ResourceTag/warren:stage": ["x", "lo*"] } }, stage, true],
  ["a tag that must be there", { Null: { "aws:ResourceTag/warren:stage": "false" } }, stage, true],
  ["a tag that must be there and is not", { Null: { "aws:ResourceTag/warren:stage": "false" } }, {}, false],
  ["a negated value", { StringNotEquals: { "aws:ResourceTag/warren:stage": "production" } }, stage, true],
  [
    "only known keys",
    { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } },
    { "aws:tagkeys": ["a"] },
    true,
  ],
  [
    "an unknown key",
    { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } },
    { "aws:tagkeys": ["a", "c"] },
    false,
  ],
  [
    "the caller's own session",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM policies, not of JavaScript
    { StringEquals: { "aws:ResourceTag/reader": "${aws:userid}" } },
    { "aws:resourcetag/reader": ["AROASTOPINSTANCE:warren-stop-instance"] },
    true,
  ],
])("judges %s", async (_, condition, context, expected) => {
  expect(await decide([allow(condition)], terminate(context))).toBe(expected);
});

test.each<[string, Record<string, string[]>, boolean]>([
  ["absent", {}, true],
  ["wrong", { "ec2:associatepublicipaddress": ["true"] }, false],
])("judges an optional key that is %s", async (_, context, expected) => {
  const optional = { BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } };
  const resource = arn("network-interface/eni-0123456789abcdef0");
  const launch = { action: "ec2:RunInstances", resource, context };

  expect(await decide([{ ...allow(optional), Action: "ec2:RunInstances" }], launch)).toBe(expected);
});

test.each<[string, object, Request, RegExp]>([
  [
    "an operator",
    { StringIs: { "aws:ResourceTag/warren:stage": "local" } },
    terminate(stage),
    /AWS has no StringIs there/,
  ],
  ["an action", {}, { ...terminate(), action: "ec2:EndInstances" }, /ec2:EndInstances .*invalid\.action/],
  ["a condition key", {}, terminate({ "ec2:volumesize": ["5"] }), /AWS has no ec2:volumesize there/],
])("refuses %s that AWS does not have instead of guessing", async (_, condition, request, reason) => {
  await expect(decide([allow(condition)], request)).rejects.toThrow(reason);
});

test("a denial is not lost to an operator that AWS does not have", async () => {
  const Condition = { StringIs: { "aws:ResourceTag/warren:stage": "local" } };

  await expect(decide([allow(), { ...deny, Condition }], terminate(stage))).rejects.toThrow(/StringIs/);
});
