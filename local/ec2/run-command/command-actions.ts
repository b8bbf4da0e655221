// SendCommand, and reading what became of it.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { Ec2Error } from "../protocol/errors.ts";
import type { Commands, Order } from "./commands.ts";
import { scriptOf } from "./document-content.ts";
import { type Documents, versionOf } from "./documents.ts";
import { invocationAnswer, listedInvocation } from "./invocation-answer.ts";
import type { ManagedNodes } from "./managed-nodes.ts";
import { type SsmActions, ssmAction, ssmTime } from "./ssm-action.ts";

interface CommandActionsDeps {
  commands: Commands;
  documents: Documents;
  nodes: ManagedNodes;
}

const sendCommandInput = z.strictObject({
  DocumentName: z.string(),
  DocumentVersion: z.string().default("$DEFAULT"),
  InstanceIds: z.array(z.string()).min(1).max(50),
  Parameters: z.record(z.string(), z.array(z.string())).default({}),
  /** The API's own limits and default. */
  TimeoutSeconds: z.int().min(30).max(2_592_000).default(3_600),
  Comment: z.string().max(100).default(""),
});
type SendCommandInput = z.output<typeof sendCommandInput>;

/** An invocation's order but for its instance. */
const orderOf = (documents: Documents, input: SendCommandInput): Omit<Order, "instanceId"> => {
  const { content, number } = versionOf(documents.find(input.DocumentName), input.DocumentVersion);
  const script = scriptOf(content, input.Parameters);
  const requestedAt = Date.now();
  const startBefore = requestedAt + input.TimeoutSeconds * 1000;
  return {
    commandId: randomUUID(),
    documentName: input.DocumentName,
    documentVersion: String(number),
    stepName: content.mainSteps[0].name,
    comment: input.Comment,
    script,
    requestedAt,
    startBefore,
    expiresAt: startBefore + script.timeoutSeconds * 1000,
  };
};

const commandAnswer = (order: Omit<Order, "instanceId">, input: SendCommandInput): object => ({
  ...input,
  CommandId: order.commandId,
  RequestedDateTime: ssmTime(order.requestedAt),
  ExpiresAfter: ssmTime(order.expiresAt),
  Status: "Pending",
  StatusDetails: "Pending",
  Targets: [],
  TargetCount: input.InstanceIds.length,
  CompletedCount: 0,
  ErrorCount: 0,
  DeliveryTimedOutCount: 0,
});

export const commandActions = ({ commands, documents, nodes }: CommandActionsDeps): SsmActions => {
  return {
    SendCommand: ssmAction(sendCommandInput, (input) => {
      const order = orderOf(documents, input);
      const instanceIds = new Set(input.InstanceIds);
      nodes.requireReachable([...instanceIds]);
      for (const instanceId of instanceIds) commands.send({ ...order, instanceId });
      return { Command: commandAnswer(order, input) };
    }),

    GetCommandInvocation: ssmAction(
      z.strictObject({ CommandId: z.string(), InstanceId: z.string(), PluginName: z.string().optional() }),
      ({ CommandId, InstanceId, PluginName }) => {
        const invocation = commands.find(CommandId, InstanceId);
        if (!invocation) {
          throw new Ec2Error(
            "InvocationDoesNotExist",
            `There is no invocation of ${CommandId} on ${InstanceId}.`,
          );
        }
        if (PluginName !== undefined && PluginName !== invocation.order.stepName)
          throw new Ec2Error("InvalidPluginName", `The document has no step ${PluginName}.`);
        return invocationAnswer(invocation);
      },
    ),

    ListCommandInvocations: ssmAction(
      z.strictObject({
        CommandId: z.string().optional(),
        InstanceId: z.string().optional(),
        Details: z.boolean().default(false),
      }),
      ({ CommandId, InstanceId, Details }) => ({
        CommandInvocations: commands
          .list()
          .filter(({ order }) => (CommandId ?? order.commandId) === order.commandId)
          .filter(({ order }) => (InstanceId ?? order.instanceId) === order.instanceId)
          .map((invocation) => listedInvocation(invocation, Details)),
      }),
    ),
  };
};
