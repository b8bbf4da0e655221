// The schedule of the sweeps, held and let go as an operator does it (docs/runbook.md).
import {
  GetScheduleCommand,
  SchedulerClient,
  type SchedulerClientConfig,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";

const setState = async (access: SchedulerClientConfig, name: string, State: "ENABLED" | "DISABLED") => {
  const scheduler = new SchedulerClient(access);
  const { ScheduleExpression, FlexibleTimeWindow, Target } = await scheduler.send(
    new GetScheduleCommand({ Name: name }),
  );
  await scheduler.send(
    new UpdateScheduleCommand({ Name: name, State, ScheduleExpression, FlexibleTimeWindow, Target }),
  );
};

export const pauseSweeps = (access: SchedulerClientConfig, schedule: string): Promise<void> =>
  setState(access, schedule, "DISABLED");
export const resumeSweeps = (access: SchedulerClientConfig, schedule: string): Promise<void> =>
  setState(access, schedule, "ENABLED");
