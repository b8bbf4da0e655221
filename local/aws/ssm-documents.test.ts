import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from "@aws-sdk/client-cloudformation";
import { DescribeDocumentCommand, GetDocumentCommand, SSMClient } from "@aws-sdk/client-ssm";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test } from "vitest";
import { restartUnit } from "../../test/support/ec2/test-documents.ts";
import { type Ec2, startEc2 } from "../ec2/ec2.ts";
import { adminAccess } from "../stage/admin-access.ts";
import { type Ministack, startMinistack } from "./ministack.ts";

const region = "eu-central-1";
const Name = "warren-test-restart-unit";
const StackName = "documents";

let directory: string;
let ministack: Ministack;
let ec2: Ec2;
let cloudFormation: CloudFormationClient;
let ssm: SSMClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "warren-documents-"));
  const [awsPort, ec2Port] = [await getPort(), await getPort()];
  const access = adminAccess(`http://127.0.0.1:${awsPort}`, region);
  ec2 = await startEc2({
    port: ec2Port,
    ministackUrl: access.endpoint,
    region,
    credentials: access.credentials,
    edge: { address: "127.0.0.1:9", caFile: "/nonexistent" },
    isolation: "process",
    stateDir: join(directory, "state"),
    logDir: join(directory, "logs"),
  });
  const logFile = join(directory, "ministack.log");
  ministack = await startMinistack({
    port: awsPort,
    region,
    env: { AWS_ENDPOINT_URL_SSM: ec2.url },
    logFile,
  });
  cloudFormation = new CloudFormationClient(access);
  ssm = new SSMClient({ ...access, endpoint: ec2.url });
});
afterAll(async () => {
  await ministack.stop();
  await ec2.close();
  await rm(directory, { recursive: true });
});

const template = (description: string, more: object = {}): string =>
  JSON.stringify({
    Resources: {
      Restart: {
        Type: "AWS::SSM::Document",
        Properties: {
          DocumentFormat: "JSON",
          TargetType: "/AWS::EC2::Instance",
          Name,
          DocumentType: "Command",
          Tags: [{ Key: "warren:stage", Value: "test" }],
          ...more,
          Content: { ...restartUnit, description },
        },
      },
    },
    Outputs: { Name: { Value: { Ref: "Restart" } } },
  });

const waiter = (client: CloudFormationClient) => ({ client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 });

const create = async (client: CloudFormationClient): Promise<string | undefined> => {
  await client.send(new CreateStackCommand({ StackName, TemplateBody: template("the first") }));
  await waitUntilStackCreateComplete(waiter(client), { StackName });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.Outputs?.[0]?.OutputValue;
};

const update = async (description: string, more?: object) => {
  await cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody: template(description, more) }));
  return waitUntilStackUpdateComplete(waiter(cloudFormation), { StackName });
};

const defaultDescription = async (): Promise<string> => {
  const { Content = "" } = await ssm.send(new GetDocumentCommand({ Name }));
  return JSON.parse(Content).description;
};

test("a document lives with its stack, under the name that Ref gives", async () => {
  expect(await create(cloudFormation)).toBe(Name);
  const { Document } = await ssm.send(new DescribeDocumentCommand({ Name }));
  expect(Document).toMatchObject({
    Name,
    DefaultVersion: "1",
    LatestVersion: "1",
    Tags: [{ Key: "warren:stage", Value: "test" }],
    Parameters: [{ Name: "unit", Type: "String" }],
  });

  await expect(update("replaced")).rejects.toThrow();
  expect(await defaultDescription()).toBe("the first");

  await update("the second", { UpdateMethod: "NewVersion" });
  expect(await defaultDescription()).toBe("the second");

  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(waiter(cloudFormation), { StackName });
  await expect(defaultDescription()).rejects.toMatchObject({ name: "InvalidDocument" });
});

test("a document that Systems Manager refuses fails its stack", async () => {
  const StackName = "refused";
  const TemplateBody = template("refused", { Name: "no" });
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));

  const created = waitUntilStackCreateComplete(waiter(cloudFormation), { StackName });

  await expect(created).rejects.toThrow(/ROLLBACK/);
});

test("without Run Command's endpoint, documents are only accepted", async () => {
  const port = await getPort();
  const alone = await startMinistack({ port, region, logFile: join(directory, "alone.log") });

  const name = await create(new CloudFormationClient(adminAccess(alone.url, region)));
  await alone.stop();

  expect(name).toBe(Name);
});
