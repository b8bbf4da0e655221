import { expect, test } from "vitest";
import type { Context } from "./conditions.ts";
import { isAllowed, parsePolicy } from "./policy.ts";

const instance = "arn:aws:ec2:eu-central-1:000000000000:instance/i-0123456789abcdef0";

const allow = (Condition: object = {}) => ({
  Effect: "Allow",
  Action: "ec2:Terminate*",
  Resource: "*",
  Condition,
});
const deny = { Effect: "Deny", Action: ["ec2:*"], Resource: "arn:aws:ec2:*:*:instance/*" };

const decide = (
  statements: object[],
  context: Record<string, string[]> = {},
  resource = instance,
): boolean => {
  const known: Context = new Map(Object.entries(context));
  const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  return isAllowed(policy, { action: "ec2:TerminateInstances", resource, context: known });
};

test("nothing is allowed that no statement allows", () => {
  expect(decide([])).toBe(false);
  expect(decide([allow()])).toBe(true);
  expect(decide([{ ...allow(), Action: "ec2:TERMINATEINSTANCES" }])).toBe(true);
  expect(decide([{ ...allow(), Resource: "arn:aws:ec2:*:*:volume/*" }])).toBe(false);
});

test("a deny wins over an allow", () => {
  expect(decide([allow(), deny])).toBe(false);
  expect(decide([allow(), deny], {}, "arn:aws:ec2:eu-central-1:000000000000:volume/vol-0")).toBe(true);
});

const stage = { "aws:resourcetag/warren:stage": ["local"] };

test.each<[string, object, Record<string, string[]>, boolean]>([
  ["an equal tag", { StringEquals: { "aws:ResourceTag/warren:stage": "local" } }, stage, true],
  ["another tag", { StringEquals: { "aws:ResourceTag/warren:stage": "production" } }, stage, false],
  ["a tag that is absent", { StringEquals: { "aws:ResourceTag/warren:stage": "local" } }, {}, false],
  ["one of several values", { StringLike: { "aws:ResourceTag/warren:stage": ["x", "lo*"] } }, stage, true],
  ["a tag that must be there", { Null: { "aws:ResourceTag/warren:stage": "false" } }, stage, true],
  ["a tag that must be there and is not", { Null: { "aws:ResourceTag/warren:stage": "false" } }, {}, false],
  ["an optional key that is absent", { BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } }, {}, true],
  [
    "an optional key that is wrong",
    { BoolIfExists: { "ec2:AssociatePublicIpAddress": "false" } },
    { "ec2:associatepublicipaddress": ["true"] },
    false,
  ],
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
])("judges %s", (_, condition, context, expected) => {
  expect(decide([allow(condition)], context)).toBe(expected);
});

test("refuses an operator that it does not know instead of guessing", () => {
  const condition = { NumericLessThan: { "ec2:VolumeSize": "10" } };

  expect(() => decide([allow(condition)], { "ec2:volumesize": ["5"] })).toThrow(/NumericLessThan/);
});
