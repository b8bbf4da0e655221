// The schedule of the sweeps, which all other tests pause.
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { afterEach, expect, test, vi } from "vitest";
import { access, output, sfn } from "../support/stage.ts";
import { pauseSweeps, resumeSweeps } from "../support/sweeps.ts";
import { testsOwn } from "./own-sweeps.ts";

const schedule = output("SweepScheduleName");
const stateMachineArn = output("HealthSweepWorkflowArn");

afterEach(() => pauseSweeps(access, schedule));

test("starts a sweep by itself, with the deployed schedule and its role", async () => {
  await resumeSweeps(access, schedule);

  const ended = await vi.waitFor(
    async () => {
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
      const scheduled = executions.find(({ name, stopDate }) => !name?.startsWith(testsOwn) && stopDate);
      if (!scheduled) throw new Error("no sweep of the schedule has ended");
      return scheduled;
    },
    { timeout: 90_000, interval: 1_000 },
  );

  expect(ended.status).toBe("SUCCEEDED");
});
