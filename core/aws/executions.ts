// Executions of our workflows, by the names that execution-names.ts derives.
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { clientOptions } from "../aws-sdk/aws-client.ts";
import { rememberingCalls } from "../aws-sdk/aws-errors.ts";

export interface Execution {
  /** "cut-short": stopped or timed out from outside, so that its last task may still be at work. */
  state: "running" | "ended" | "cut-short";
  /** Both in milliseconds since the epoch; the second means something only once it has stopped. */
  startedAt: number;
  stoppedAt: number;
}

export interface Executions {
  /** An execution of this name, running or ended, counts as started. */
  start(workflowArn: string, name: string, input: object): Promise<void>;
  find(workflowArn: string, name: string): Promise<Execution | undefined>;
  stop(workflowArn: string, name: string, error: string, cause: string): Promise<void>;
}

const executionArn = (workflowArn: string, name: string): string =>
  `${workflowArn.replace(":stateMachine:", ":execution:")}:${name}`;

export const executions = (client = rememberingCalls(new SFNClient(clientOptions))): Executions => ({
  start: async (workflowArn, name, input) => {
    try {
      const command = { stateMachineArn: workflowArn, name, input: JSON.stringify(input) };
      await client.send(new StartExecutionCommand(command));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  },

  find: async (workflowArn, name) => {
    try {
      const command = new DescribeExecutionCommand({ executionArn: executionArn(workflowArn, name) });
      const { status, startDate, stopDate } = await client.send(command);
      const [startedAt, stoppedAt] = [Number(startDate), Number(stopDate)];
      return { state: stateOf(status), startedAt, stoppedAt };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  },

  stop: async (workflowArn, name, error, cause) => {
    await client.send(
      new StopExecutionCommand({ executionArn: executionArn(workflowArn, name), error, cause }),
    );
  },
});

const stateOf = (status?: string): Execution["state"] => {
  if (status === "RUNNING") return "running";
  return status === "ABORTED" || status === "TIMED_OUT" ? "cut-short" : "ended";
};
