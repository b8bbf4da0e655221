import { expect, it } from "vitest";
import { isAllowed } from "../../local/iam/decision.ts";
import { account, stage } from "./scene.ts";

const reader = stage.roles["admin-token-reader"];
if (!reader) throw new Error("the stage has no role that reads admin tokens");

const assume = (Resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource }],
});

const mayAssume = (principal: string, policies: object[]): Promise<boolean> =>
  isAllowed(
    { roleArn: principal, roleId: "AROAOPERATOR", name: "someone" },
    { action: "sts:AssumeRole", resource: reader.arn },
    { identity: policies, resource: reader.trust },
  );

it.each<[string, string, object[], boolean]>([
  ["whoever in the account has a policy that names it", account, [assume(reader.arn)], true],
  ["nobody in the account without such a policy", account, [], false],
  ["nobody whose policy names another role", account, [assume(`arn:aws:iam::${account}:role/other`)], false],
  ["nobody of another account, whatever their policy", "999988887777", [assume("*")], false],
])("the role that reads admin tokens lets in %s", async (_, home, policies, expected) => {
  expect(await mayAssume(`arn:aws:iam::${home}:role/operator`, policies)).toBe(expected);
});
