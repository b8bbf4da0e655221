// The workflows on the emulator: started, awaited, and read back, with waits and retry pauses skipped.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { AwsClient } from "aws4fetch";
import getPort from "get-port";
import pRetry from "p-retry";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import { startMinistack } from "../../local/aws/ministack.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { answers } from "./answers.ts";
import { Script } from "./script.ts";
import { leasesTable, lifecycleTemplate, repairTemplate, sweepTemplate } from "./scripted-stack.ts";

const region = "eu-central-1";
const tableName = "scripted-tenants";
export const generation = "01JDXB3TJ8M5T0Q4V1N6W2R7YC";

const lease = { name: "health-sweep" };

export const startEmulatedWorkflows = async () => {
  const directory = await mkdtemp(join(tmpdir(), "warren-workflows-"));
  const script = await Script.start(answers);
  const ministack = await startMinistack({
    port: await getPort({ host: "127.0.0.1" }),
    region,
    env: { SFN_WAIT_SCALE: "0" },
    logFile: join(directory, "aws.log"),
  });
  const access = adminAccess(ministack.url, region);
  const cloudFormation = new CloudFormationClient(access);
  const { accessKeyId, secretAccessKey } = access.credentials;
  // The one region in which a bucket needs no location.
  const s3 = new AwsClient({ accessKeyId, secretAccessKey, region: "us-east-1", service: "s3" });
  const put = async (path: string, body = "") => {
    const { status } = await s3.fetch(`${ministack.url}${path}`, { method: "PUT", body });
    if (status !== 200) throw new Error(`S3 answered ${status} to PUT ${path}`);
  };
  await put("/templates");
  const createStack = async (name: string, template: string) => {
    await put(`/templates/${name}`, template);
    await created(cloudFormation, name, new URL(`/templates/${name}`, ministack.url));
  };
  await createStack("Lifecycle", lifecycleTemplate(script.url, tableName));
  await createStack("Sweep", sweepTemplate(script.url));
  await createStack("Repair", repairTemplate(script.url, tableName));
  const sfn = new SFNClient(access);
  const rows = DynamoDBDocumentClient.from(new DynamoDBClient(access));
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const arnOf = (name: WorkflowName) =>
    stateMachines.find((machine) => machine.name === name)?.stateMachineArn;

  return {
    script,
    putRow: async (row: Tenant) =>
      void (await rows.send(new PutCommand({ TableName: tableName, Item: row }))),
    row: async (slug: string) =>
      (await rows.send(new GetCommand({ TableName: tableName, Key: { slug } }))).Item as Tenant | undefined,
    /** Who holds the sweeps' lease. */
    holder: async (): Promise<string | undefined> =>
      (await rows.send(new GetCommand({ TableName: leasesTable, Key: lease }))).Item?.holder,
    /** @param since milliseconds since the epoch */
    holdLease: async (holder: string, since: number) => {
      const Item = { ...lease, holder, since: new Date(since).toISOString() };
      await rows.send(new PutCommand({ TableName: leasesTable, Item }));
    },
    freeLease: async () => void (await rows.send(new DeleteCommand({ TableName: leasesTable, Key: lease }))),
    /** Runs to the end. */
    run: async (name: WorkflowName, input: { slug?: string; reason?: string; attempt?: number }) => {
      const stateMachineArn = arnOf(name);
      const full = JSON.stringify({ generation, ...input });
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: full }));
      return await ended(sfn, executionArn);
    },
    start: async (name: WorkflowName): Promise<string> => {
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: arnOf(name) }));
      return executionArn ?? "";
    },
    ended: (executionArn: string) => ended(sfn, executionArn),
    abort: async (executionArn: string) => void (await sfn.send(new StopExecutionCommand({ executionArn }))),
    history: async (executionArn: string | undefined) =>
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }))).events ?? [],
    stop: async () => {
      await ministack.stop();
      await script.close();
      await rm(directory, { recursive: true });
    },
  };
};

export type EmulatedWorkflows = Awaited<ReturnType<typeof startEmulatedWorkflows>>;

/** @param template in S3: one that is sent along may have 51,200 bytes */
const created = async (client: CloudFormationClient, StackName: string, template: URL): Promise<void> => {
  const order = { StackName, TemplateURL: template.href, Capabilities: ["CAPABILITY_IAM" as const] };
  await client.send(new CreateStackCommand(order));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1 }, { StackName });
};

const ended = (sfn: SFNClient, executionArn: string | undefined): Promise<DescribeExecutionOutput> =>
  pRetry(
    async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status === "RUNNING") throw new Error(`${executionArn} still runs`);
      return execution;
    },
    { retries: 480, factor: 1, minTimeout: 250 },
  );
