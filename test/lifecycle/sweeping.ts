// Sweeps for as long as a test wants repairs, one after the other: the stage's own schedule is paused.
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { vi } from "vitest";
import { output, sfn } from "../support/stage.ts";

const PAUSE_MS = 500;

/** @throws Error where the sweep breaks */
export const sweep = async (): Promise<void> => {
  const stateMachineArn = output("HealthSweepWorkflowArn");
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  const ended = async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status === "RUNNING") throw new Error(`${executionArn} still runs`);
    return execution;
  };
  const { status, error, cause } = await vi.waitFor(ended, { timeout: 60_000, interval: 200 });
  // Of a small fleet most of which a test has broken, a sweep may tell little.
  if (status !== "SUCCEEDED" && error !== "SweepBlindError")
    throw new Error(`a sweep ended as ${status}: ${error}: ${cause}`);
};

export const whileSweeping = async <T>(work: () => Promise<T>): Promise<T> => {
  const over = new AbortController();
  const sweeping = async () => {
    while (!over.signal.aborted) {
      await sweep();
      await sleep(PAUSE_MS);
    }
  };
  const [done] = await Promise.all([work().finally(() => over.abort()), sweeping()]);
  return done;
};
