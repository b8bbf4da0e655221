// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of CloudFormation and of IAM, not of JavaScript
import { expect, test } from "vitest";
import { Resolver } from "./resolver.ts";

const home = { account: "111122223333", region: "eu-central-1" };
const templates = {
  Data: {
    Resources: { Rows: { Type: "AWS::DynamoDB::Table" } },
    Outputs: { RowsArn: { Value: { "Fn::GetAtt": ["Rows", "Arn"] }, Export: { Name: "Data:RowsArn" } } },
  },
  Tasks: {
    Parameters: { Image: { Default: "/an/image" } },
    Resources: {
      Role: { Type: "AWS::IAM::Role", Properties: { RoleName: "a-role" } },
      Odd: { Type: "AWS::Odd::Thing" },
    },
  },
};
const resolve = (value: unknown, stack = "Tasks"): unknown =>
  new Resolver(home, templates).resolve(value, stack);
const rowsArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/Data-Rows";

test.each<[string, unknown, unknown]>([
  ["a pseudo parameter", { Ref: "AWS::Region" }, "eu-central-1"],
  ["a parameter's default", { Ref: "Image" }, "/an/image"],
  ["a resource by the name that it has", { Ref: "Role" }, "a-role"],
  ["an attribute", { "Fn::GetAtt": ["Role", "Arn"] }, "arn:aws:iam::111122223333:role/a-role"],
  ["a value of another stack, by that stack's names", { "Fn::ImportValue": "Data:RowsArn" }, rowsArn],
  ["joined parts", { "Fn::Join": [":", ["a", { Ref: "AWS::AccountId" }]] }, "a:111122223333"],
  ["one of split parts", { "Fn::Select": [1, { "Fn::Split": ["/", "x/y"] }] }, "y"],
  ["one of the zones", { "Fn::Select": ["2", { "Fn::GetAZs": "" }] }, "eu-central-1c"],
  [
    "text with references",
    { "Fn::Sub": "${AWS::Partition}-${Role}-${Role.Arn}" },
    "aws-a-role-arn:aws:iam::111122223333:role/a-role",
  ],
  [
    "text with values of its own",
    { "Fn::Sub": ["${x}-${!aws:userid}", { x: { Ref: "Role" } }] },
    "a-role-${aws:userid}",
  ],
  [
    "what is inside lists and objects",
    { Statement: [{ Resource: [{ Ref: "Role" }, "*"], Sid: 7 }] },
    { Statement: [{ Resource: ["a-role", "*"], Sid: 7 }] },
  ],
  ["IAM's own variables not at all", "${aws:userid}", "${aws:userid}"],
])("resolves %s", (_, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test("takes the ids of a stack that is deployed from there", () => {
  const resolver = new Resolver(home, templates, { Data: { Rows: "rows-4711" } });

  const found = resolver.resolve({ "Fn::ImportValue": "Data:RowsArn" }, "Tasks");

  expect(found).toBe("arn:aws:dynamodb:eu-central-1:111122223333:table/rows-4711");
});

test("gives a role the same unique id wherever it is asked for, and another role another", () => {
  const roleId = { "Fn::GetAtt": ["Role", "RoleId"] };

  expect(resolve(roleId)).toMatch(/^AROA[0-9A-F]{17}$/);
  expect(resolve(roleId)).toBe(resolve({ "Fn::Join": ["", [roleId]] }));
});

test.each<[string, unknown, string]>([
  ["a function that it does not know", { "Fn::If": ["x", 1, 2] }, "Tasks: Fn::If is not known"],
  [
    "a kind of resource that it does not know",
    { Ref: "Odd" },
    "what Ref of Odd (AWS::Odd::Thing) is, is not known",
  ],
  ["an attribute that it does not know", { "Fn::GetAtt": ["Role", "Colour"] }, "what Colour of Role"],
  ["a resource that is not there", { Ref: "Nobody" }, "Tasks has no resource Nobody"],
  ["an export that is not there", { "Fn::ImportValue": "Data:Nothing" }, "no stack exports Data:Nothing"],
  ["a list where text belongs", { "Fn::Join": ["", [["a"]]] }, "where text belongs"],
])("refuses %s instead of guessing", (_, value, message) => {
  expect(() => resolve(value)).toThrow(message);
});
