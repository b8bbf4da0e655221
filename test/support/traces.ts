// Everything that the system wrote down about its work: what an auditor, or a thief, could read.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeLogGroupsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetExecutionHistoryCommand, type HistoryEvent, ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { facts, logs, output, sfn, tables } from "./stage.ts";

export interface Execution {
  name: string;
  status: string | undefined;
  events: HistoryEvent[];
}

export const executionsOf = async (workflowArn: string): Promise<Execution[]> => {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: workflowArn, maxResults: 1000 }),
  );
  return await Promise.all(
    executions.map(async ({ executionArn, name = "", status }) => {
      const { events = [] } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      return { name, status, events };
    }),
  );
};

export const scan = async (table: string): Promise<Record<string, unknown>[]> =>
  (await tables.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];

const logEvents = async (): Promise<string[]> => {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const perGroup = logGroups.map(async ({ logGroupName }) => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
    return events.map(({ message = "" }) => message);
  });
  return (await Promise.all(perGroup)).flat();
};

const logFiles = async (): Promise<string[]> => {
  const files = await readdir(facts.logDirectory, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
  return await Promise.all(texts);
};

/** By where it was found; each at least once non-empty in a run that did anything. */
export const everythingWritten = async (): Promise<Record<string, string>> => {
  const workflows = [
    ...["ProvisionWorkflowArn", "DeprovisionWorkflowArn"],
    ...["HealthSweepWorkflowArn", "RepairWorkflowArn"],
  ].map(output);
  const tableNames = [
    ...["TenantsTableName", "AuditTableName", "IdempotencyTableName", "LeasesTableName"],
  ].map(output);
  return {
    "execution histories": JSON.stringify(await Promise.all(workflows.map(executionsOf))),
    "table items": JSON.stringify(await Promise.all(tableNames.map(scan))),
    "log groups": (await logEvents()).join("\n"),
    "log files": (await logFiles()).join("\n"),
  };
};
