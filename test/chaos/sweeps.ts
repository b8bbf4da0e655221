// What the sweeps of a running stage said, and what they logged.
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { vi } from "vitest";
import type { HealthState } from "../../core/tenant/tenant.ts";
import { access, logs, output, sfn } from "../support/stage.ts";

export interface SweepReport {
  swept: boolean;
  ordered: string[];
  waiting: number;
  held?: {
    bad: number;
    judged: number;
    share: number;
    looksLike: string;
    lets: { repairs: number; why: string };
  };
  counts: Record<HealthState, number>;
}

interface Sweep {
  arn: string;
  startedAt: Date;
  report: SweepReport;
}

const stateMachineArn = output("HealthSweepWorkflowArn");

/** Reports of the sweeps that began after this and have ended, the first first; not those that left it to another. */
export const sweepsSince = async (time: Date): Promise<Sweep[]> => {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: "SUCCEEDED", maxResults: 100 }),
  );
  const since = executions.filter(({ startDate }) => Number(startDate) >= Number(time));
  const sweeps = await Promise.all(
    since.map(async ({ executionArn: arn = "", startDate: startedAt = new Date() }) => {
      const { output: report = "{}" } = await sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
      return { arn, startedAt, report: JSON.parse(report) as SweepReport };
    }),
  );
  return sweeps
    .filter(({ report }) => report.swept)
    .toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt));
};

/** The reports of this many whole sweeps from now on. */
export const nextSweeps = async (count: number): Promise<SweepReport[]> => {
  const now = new Date();
  return await vi.waitFor(
    async () => {
      const sweeps = await sweepsSince(now);
      if (sweeps.length < count) throw new Error(`only ${sweeps.length} of ${count} sweeps came`);
      return sweeps.slice(0, count).map(({ report }) => report);
    },
    { timeout: 120_000, interval: 500 },
  );
};

export const stopExecution = async (executionArn: string): Promise<void> =>
  void (await sfn.send(new StopExecutionCommand({ executionArn })));

/** What a Lambda published as CloudWatch's embedded metrics since then, the newest last. */
export const metricsOf = async (task: string, since: Date): Promise<Record<string, unknown>[]> => {
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: await logGroupOf(`warren-local-${task}`),
      startTime: Number(since),
      limit: 10_000,
    }),
  );
  return events
    .flatMap(({ message = "" }) => (message.includes('"_aws"') ? [JSON.parse(message)] : []))
    .toSorted((a, b) => a._aws.Timestamp - b._aws.Timestamp);
};

const logGroupOf = async (functionName: string): Promise<string | undefined> => {
  const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
  return (await new LambdaClient(access).send(command)).LoggingConfig?.LogGroup;
};
