// Command documents for tests, and a client that reads what became of a command.
import {
  CreateDocumentCommand,
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  type SendCommandCommandInput,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { vi } from "vitest";

/** As the control plane's stack writes it. */
export const restartUnit = {
  schemaVersion: "2.2",
  description: "Restarts one of a tenant's units.",
  parameters: { unit: { type: "String", allowedValues: ["warren-connector", "warren-app"] } },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "restart",
      precondition: { StringEquals: ["platformType", "Linux"] },
      inputs: { timeoutSeconds: 60, runCommand: ["systemctl restart {{ unit }}.service"] },
    },
  ],
};

/** A document whose one step runs these lines. */
export const script = (runCommand: string[], timeoutSeconds: number | string = 60) => ({
  schemaVersion: "2.2",
  parameters: { word: { type: "String", default: "nothing" } },
  mainSteps: [{ action: "aws:runShellScript", name: "run", inputs: { runCommand, timeoutSeconds } }],
});

export const createDocument = (ssm: SSMClient, Name: string, content: object) =>
  ssm.send(new CreateDocumentCommand({ Name, DocumentType: "Command", Content: JSON.stringify(content) }));

/** @returns the command's id */
export const sendCommand = async (ssm: SSMClient, input: SendCommandCommandInput): Promise<string> => {
  const { Command } = await ssm.send(new SendCommandCommand({ TimeoutSeconds: 30, ...input }));
  return Command?.CommandId ?? "";
};

/** What GetCommandInvocation says once it says something that passes; until it is there at all, it is asked again. */
export const invocationWhen = (
  ssm: SSMClient,
  CommandId: string,
  InstanceId: string,
  passes: (answer: GetCommandInvocationCommandOutput) => boolean,
): Promise<GetCommandInvocationCommandOutput> =>
  vi.waitFor(
    async () => {
      const answer = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
      if (!passes(answer)) throw new Error(`${CommandId} is ${answer.Status} (${answer.StatusDetails})`);
      return answer;
    },
    { timeout: 15_000, interval: 50 },
  );

const unfinished = ["Pending", "InProgress"];

/** Sends, and waits for the end. */
export const commandResult = async (ssm: SSMClient, InstanceId: string, input: SendCommandCommandInput) => {
  const id = await sendCommand(ssm, { ...input, InstanceIds: [InstanceId] });
  return invocationWhen(ssm, id, InstanceId, ({ Status = "" }) => !unfinished.includes(Status));
};
