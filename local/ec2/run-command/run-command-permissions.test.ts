import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DescribeInstanceInformationCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  commandResult,
  createDocument,
  restartUnit,
  sendCommand,
} from "../../../test/support/ec2/test-documents.ts";
import { untilState } from "../../../test/support/ec2/test-ec2.ts";
import { TestMachines } from "../../../test/support/ec2/test-machines.ts";
import { deployTask } from "../../../test/support/ec2/test-tasks.ts";
import { region } from "../../../test/support/test-ministack.ts";

let machines: TestMachines;
let stage: TestMachines["stage"];
let instanceId: string;
let account: string;
let documentArn: string;

const DocumentName = "warren-test-restart-unit";
const restart = { DocumentName, Parameters: { unit: ["warren-app"] } };

beforeAll(async () => {
  // Nobody gives these machines a secret: their boot need not wait for it.
  machines = await TestMachines.start("process", { BOOT_DEADLINE_SECONDS: "0" });
  stage = machines.stage;
  ({ account } = stage.aws);
  documentArn = `arn:aws:ssm:${region}:${account}:document/${DocumentName}`;
  const admin = new SSMClient(stage.access);
  await createDocument(admin, DocumentName, restartUnit);
  instanceId = await machines.launch("acme");
  await untilState(stage.client, instanceId, "running");
});
afterAll(() => stage.close());

const task = async (name: string, statements: object[]): Promise<SSMClient> =>
  new SSMClient(await deployTask(stage, name, statements));

const mayUseDocument = () => ({ Effect: "Allow", Action: "ssm:SendCommand", Resource: documentArn });
const mayRead = { Effect: "Allow", Action: "ssm:GetCommandInvocation", Resource: "*" };
const mayReach = (condition: object) => ({
  Effect: "Allow",
  Action: "ssm:SendCommand",
  Resource: `arn:aws:ec2:${region}:${account}:instance/*`,
  Condition: { StringEquals: condition },
});

const denied = { name: "AccessDeniedException", $metadata: { httpStatusCode: 400 } };

test.each(["ssm:resourceTag/warren:stage", "aws:ResourceTag/warren:stage"])(
  "a task sends commands to instances that its condition on %s covers",
  async (key) => {
    const name = `sends-by-${key.slice(0, 3)}`;
    const ssm = await task(name, [mayUseDocument(), mayRead, mayReach({ [key]: "test" })]);

    await expect(commandResult(ssm, instanceId, restart)).resolves.toMatchObject({ Status: "Success" });

    const calls = (await stage.admin.calls()).filter(({ app }) => app === name);
    expect(calls[0]).toMatchObject({ service: "ssm", action: "SendCommand" });
    expect(calls[0]?.error).toBeUndefined();
    expect(calls[0]?.needs).toEqual([
      { action: "ssm:SendCommand", resource: documentArn, context: {} },
      {
        action: "ssm:SendCommand",
        resource: `arn:aws:ec2:${region}:${account}:instance/${instanceId}`,
        context: expect.objectContaining({
          "ssm:resourcetag/warren:stage": ["test"],
          "aws:resourcetag/warren:stage": ["test"],
        }),
      },
    ]);
  },
);

test.each([
  [
    "another stage's instances",
    () => [mayUseDocument(), mayReach({ "ssm:resourceTag/warren:stage": "staging" })],
    "instance/i-",
  ],
  ["the document alone", () => [mayUseDocument()], "instance/i-"],
  [
    "the instances alone",
    () => [mayReach({ "ssm:resourceTag/warren:stage": "test" })],
    `document/${DocumentName}`,
  ],
])("a task that may use %s sends none", async (what, statements, named) => {
  const ssm = await task(`may-${what.replaceAll(/\W+/g, "-")}`, statements());

  const sent = sendCommand(ssm, { InstanceIds: [instanceId], ...restart });

  await expect(sent).rejects.toMatchObject(denied);
  await expect(sent).rejects.toThrow(named);
});

test("a task without the permission to look at nodes does not see them", async () => {
  const ssm = await task("blind", [mayRead]);

  await expect(ssm.send(new DescribeInstanceInformationCommand({}))).rejects.toMatchObject(denied);
});

test("parameters are read through it as before, signed, and as far as the caller's role allows", async () => {
  const admin = new SSMClient(stage.access);
  for (const Name of ["/reader/own", "/reader/other"])
    await admin.send(new PutParameterCommand({ Name, Value: `value of ${Name}`, Type: "SecureString" }));
  const ssm = new SSMClient({ region, endpoint: stage.ec2.url, credentials: await readerOf("/reader/own") });
  const read = (Name: string) => ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));

  await expect(read("/reader/own")).resolves.toMatchObject({ Parameter: { Value: "value of /reader/own" } });
  await expect(read("/reader/other")).rejects.toMatchObject({ name: "AccessDeniedException" });
});

/** Credentials of a role that may read one parameter. */
const readerOf = async (name: string) => {
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const trust = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "sts:AssumeRole",
  };
  const role = { RoleName: "reader", AssumeRolePolicyDocument: document(trust) };
  const { Role } = await stage.iam.send(new CreateRoleCommand(role));
  const Resource = `arn:aws:ssm:${region}:${account}:parameter${name}`;
  const PolicyDocument = document({ Effect: "Allow", Action: "ssm:GetParameter", Resource });
  await stage.iam.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "read", PolicyDocument }));
  const sts = new STSClient(stage.aws.client);
  const session = { RoleArn: Role?.Arn, RoleSessionName: "a-reader" };
  const { Credentials } = await sts.send(new AssumeRoleCommand(session));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
};
