// Restarts a unit on a tenant's machine by SSM Run Command: the one thing that is ever done on a machine from outside.
import {
  type CommandInvocation,
  GetCommandInvocationCommand,
  type GetCommandInvocationResult,
  SendCommandCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { clientOptions } from "../aws-sdk/aws-client.ts";
import { rememberingCalls } from "../aws-sdk/aws-errors.ts";
import { type Clock, poll, systemClock } from "../clock.ts";
import { CommandFailedError } from "../errors.ts";
import type { RestartableUnit } from "../machine/machine-contract.ts";

export interface RunCommand {
  /**
   * Answers when the command has ended well, or when it is certain that the machine has not taken it up.
   * Throws CommandFailedError when it failed, or has not ended in time.
   */
  restart(instanceId: string, unit: RestartableUnit): Promise<"done" | "unreachable">;
}

/** In which the machine has to take the command up; 30 is the least that SendCommand takes. Seconds. */
const DELIVERY_SECONDS = 30;
/** An agent asks for work all the time, but what it says of it arrives a little later. */
const DELIVERED_BY = (DELIVERY_SECONDS + 5) * 1000;
/** Longer than the document gives the restart itself, and below the timeout of the task. */
const backoff = { firstPause: 500, longestPause: 2_000, atMost: 125_000 };

/**
 * Told apart by StatusDetails, which has words apart in the reference and together in answers. Source: "Understanding
 * command statuses", Systems Manager User Guide: none of these was run by the machine.
 */
const neverDelivered = new Set(["DeliveryTimedOut", "InvalidPlatform", "Terminated", "Undeliverable"]);
const waitingForMachine = new Set<CommandInvocation["Status"]>(["Delayed", "Pending"]);
const failed = new Set<CommandInvocation["Status"]>(["Cancelled", "Cancelling", "Failed", "TimedOut"]);

/** @param document name of the stage's SSM document, whose one parameter is `unit` */
export const runCommand = (
  document: string,
  { client = rememberingCalls(new SSMClient(clientOptions)), clock = systemClock as Clock } = {},
): RunCommand => ({
  restart: async (instanceId, unit) => {
    const commandId = await send(client, { document, instanceId, unit });
    if (commandId === undefined) return "unreachable";
    const sentAt = clock.now();
    const outcome = await poll(
      async () => {
        const invocation = await read(client, { commandId, instanceId });
        return outcomeOf(invocation, clock.now() - sentAt, `The restart of ${unit} on ${instanceId}`);
      },
      backoff,
      clock,
    );
    if (outcome) return outcome;
    throw new CommandFailedError(
      `The restart of ${unit} on ${instanceId} has not ended after ${backoff.atMost / 1000} s.`,
    );
  },
});

interface Order {
  document: string;
  instanceId: string;
  unit: RestartableUnit;
}

/** Undefined when Systems Manager knows no machine of this id that runs. */
const send = async (
  client: SSMClient,
  { document, instanceId, unit }: Order,
): Promise<string | undefined> => {
  const command = new SendCommandCommand({
    DocumentName: document,
    InstanceIds: [instanceId],
    Parameters: { unit: [unit] },
    TimeoutSeconds: DELIVERY_SECONDS,
  });
  try {
    return (await client.send(command)).Command?.CommandId ?? "";
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidInstanceId") return undefined;
    throw error;
  }
};

/** Undefined for a moment after the sending: Run Command is eventually consistent. */
const read = async (
  client: SSMClient,
  { commandId, instanceId }: { commandId: string; instanceId: string },
): Promise<GetCommandInvocationResult | undefined> => {
  try {
    return await client.send(
      new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId }),
    );
  } catch (error) {
    if (error instanceof Error && error.name === "InvocationDoesNotExist") return undefined;
    throw error;
  }
};

/** Undefined while nothing is certain. @param age since the sending, in milliseconds */
const outcomeOf = (
  invocation: GetCommandInvocationResult | undefined,
  age: number,
  what: string,
): "done" | "unreachable" | undefined => {
  const { Status: status, StatusDetails = "" } = invocation ?? { Status: "Pending" };
  if (status === "Success") return "done";
  if (neverDelivered.has(StatusDetails.replaceAll(" ", ""))) return "unreachable";
  if (waitingForMachine.has(status)) return age > DELIVERED_BY ? "unreachable" : undefined;
  if (!failed.has(status)) return undefined;
  throw new CommandFailedError(`${what} ended as ${StatusDetails || status}${lastWords(invocation)}.`);
};

const lastWords = ({
  ResponseCode: code,
  StandardErrorContent: errors = "",
  StandardOutputContent: output = "",
}: GetCommandInvocationResult = {}): string => {
  const exit = code === undefined || code < 0 ? "" : ` with exit code ${code}`;
  const line = lastLine(errors) || lastLine(output);
  return line === "" ? exit : `${exit}: «${harmless(line)}»`;
};

/** The agent ends what the command printed with the exit code in words of its own. */
const lastLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "" && !line.startsWith("failed to run commands: ")) ?? "";

/** A unit prints no secret, but whatever prints one by mistake prints it as one long word: none of 32 gets further. */
const harmless = (line: string): string => line.replace(/[\w+/=-]{32,}/g, "…").slice(0, 200);
