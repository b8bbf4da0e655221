// Hands on what a Lambda logged as embedded metrics to CloudWatch, as AWS does and the local one does not, and says what
// the deployed alarms make of it.
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { vi } from "vitest";
import { access } from "../support/stage.ts";

const cloudWatch = new CloudWatchClient(access);

interface Embedded {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit?: string }[];
    }[];
  };
  [name: string]: unknown;
}

export const publish = async (lines: Record<string, unknown>[]): Promise<void> => {
  for (const line of lines as Embedded[]) {
    for (const { Namespace, Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      const MetricData = Dimensions.flatMap((names) =>
        Metrics.flatMap(({ Name }) => dataOf(line, Name, names)),
      );
      await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
    }
  }
};

const dataOf = (line: Embedded, name: string, dimensions: string[]): MetricDatum[] =>
  [line[name]].flat().map((value) => ({
    MetricName: name,
    Value: Number(value),
    Timestamp: new Date(line._aws.Timestamp),
    Dimensions: dimensions.map((Name) => ({ Name, Value: String(line[Name]) })),
  }));

export const whenAlarm = (name: string, state: string): Promise<string> =>
  vi.waitFor(
    async () => {
      const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      const [alarm] = MetricAlarms;
      if (alarm?.StateValue !== state) throw new Error(`${name} is ${alarm?.StateValue ?? "not there"}`);
      return alarm.AlarmDescription ?? "";
    },
    { timeout: 60_000, interval: 500 },
  );
