// Tasks as they are deployed, as far as authorisation looks at them: a function with an app id, and its role.
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { TestEc2 } from "./test-ec2.ts";

/** The end of a directory without entries: the functions here are never invoked. */
const emptyZip = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

const document = (Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

/** @returns the configuration of an SDK client as the task has it */
export const deployTask = async ({ iam, aws, access }: TestEc2, name: string, statements: object[]) => {
  const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = { RoleName: name, AssumeRolePolicyDocument: document([trust]) };
  const { Role } = await iam.send(new CreateRoleCommand(role));
  const policy = { RoleName: name, PolicyName: "task", PolicyDocument: document(statements) };
  await iam.send(new PutRolePolicyCommand(policy));
  await new LambdaClient(aws.client).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: Role?.Arn,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: emptyZip },
      Environment: { Variables: { AWS_SDK_UA_APP_ID: name } },
    }),
  );
  return { ...access, userAgentAppId: name };
};
