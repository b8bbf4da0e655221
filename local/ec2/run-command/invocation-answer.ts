// Invocations as Systems Manager's answers show them.
import type { Invocation } from "./commands.ts";
import { ssmTime } from "./ssm-action.ts";

/** As the API says it of a command that has not started, or was not received. */
const notStarted = -1;

const text = (time: number | undefined): string => (time === undefined ? "" : new Date(time).toISOString());

const statusOf = ({ status, details }: Invocation) => ({
  Status: status,
  StatusDetails: details ?? status,
});

const about = ({ order }: Invocation) => ({
  CommandId: order.commandId,
  InstanceId: order.instanceId,
  Comment: order.comment,
  DocumentName: order.documentName,
  DocumentVersion: order.documentVersion,
});

const elapsed = ({ startedAt, endedAt }: Invocation): string => {
  return startedAt === undefined ? "" : `PT${((endedAt ?? Date.now()) - startedAt) / 1000}S`;
};

/** GetCommandInvocation's. */
export const invocationAnswer = (invocation: Invocation): object => {
  const { order, startedAt, endedAt, result } = invocation;
  return {
    ...about(invocation),
    ...statusOf(invocation),
    PluginName: order.stepName,
    ResponseCode: result?.exitCode ?? notStarted,
    ExecutionStartDateTime: text(startedAt),
    ExecutionElapsedTime: elapsed(invocation),
    ExecutionEndDateTime: startedAt === undefined ? "" : text(endedAt),
    StandardOutputContent: result?.stdout ?? "",
    StandardOutputUrl: "",
    StandardErrorContent: result?.stderr ?? "",
    StandardErrorUrl: "",
  };
};

const pluginAnswer = (invocation: Invocation): object => {
  const { order, startedAt, endedAt, result } = invocation;
  return {
    ...statusOf(invocation),
    Name: order.stepName,
    ResponseCode: result?.exitCode ?? notStarted,
    ...(startedAt !== undefined && { ResponseStartDateTime: ssmTime(startedAt) }),
    ...(endedAt !== undefined && { ResponseFinishDateTime: ssmTime(endedAt) }),
    Output: result?.stdout ?? "",
  };
};

/** One of ListCommandInvocations'. */
export const listedInvocation = (invocation: Invocation, details: boolean): object => ({
  ...about(invocation),
  ...statusOf(invocation),
  RequestedDateTime: ssmTime(invocation.order.requestedAt),
  CommandPlugins: details ? [pluginAnswer(invocation)] : [],
});
