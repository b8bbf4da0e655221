// What the placeholders of a workflow's file stand for, and what a state that names one needs to be allowed.
import { Aws } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { arn } from "../arn.ts";
import type { EncryptedTable } from "../constructs/encrypted-table.ts";
import type { TaskFunction } from "../constructs/task-function.ts";
import type { Permission } from "../permissions/permission.ts";
import { executionsOf } from "../permissions/task-permissions.ts";
import {
  functionPlaceholder,
  placeholderIn,
  type StateMachineFile,
  type TaskState,
} from "./state-machine-file.ts";

export interface Target {
  value: string;
  /** @param action of the integration, such as `updateItem` */
  permissions(action: string): Permission[];
  /** Of a Lambda: what decides which errors of it pass. */
  callsCloudflare?: boolean;
}

export type Targets = ReadonlyMap<string, Target>;

class WorkflowDefinitionError extends Error {
  override name = "WorkflowDefinitionError";
}

export const taskTarget = ({ task, lambda, callsCloudflare }: TaskFunction): [string, Target] => {
  const permissions = () => [{ actions: ["lambda:InvokeFunction"], resources: [lambda.functionArn] }];
  return [functionPlaceholder(task), { value: lambda.functionArn, permissions, callsCloudflare }];
};

export const tableTarget = (table: EncryptedTable): Target => ({
  value: table.tableName,
  permissions: (action) => table.permissionsFor(`${action[0]?.toUpperCase()}${action.slice(1)}`),
});

/** Source: SNS Developer Guide, "Configure AWS KMS permissions", for who publishes to an encrypted topic. */
export const topicTarget = ({ topicArn, masterKey }: ITopic): Target => {
  const throughSns = { StringEquals: { "kms:ViaService": `sns.${Aws.REGION}.amazonaws.com` } };
  const keyUse = masterKey && {
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [masterKey.keyArn],
    conditions: throughSns,
  };
  const publishing = { actions: ["sns:Publish"], resources: [topicArn] };
  return { value: topicArn, permissions: () => [publishing, ...(keyUse ? [keyUse] : [])] };
};

/** Source: Step Functions Developer Guide, IAM policies for calling another workflow with `.sync`. */
export const workflowTarget = (name: string, { stateMachineArn }: StateMachine): Target => {
  const rule = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule");
  const permissions = () => [
    { actions: ["states:StartExecution"], resources: [stateMachineArn] },
    { actions: ["states:DescribeExecution", "states:StopExecution"], ...executionsOf(name) },
    { actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"], resources: [rule] },
  ];
  return { value: stateMachineArn, permissions };
};

/** @throws WorkflowDefinitionError where a placeholder of the file is unknown, or a target is not used in it. */
export const checkPlaceholders = ({ path, placeholders }: StateMachineFile, targets: Targets): void => {
  const unknown = [...placeholders].filter((name) => !targets.has(name));
  const unused = [...targets.keys()].filter((name) => !placeholders.has(name));
  const problems = [
    ...unknown.map((name) => `\${${name}} stands for nothing`),
    ...unused.map((name) => `\${${name}} is not used`),
  ];
  if (problems.length === 0) return;
  const known = [...targets.keys()].join(", ");
  throw new WorkflowDefinitionError(`${path}: ${problems.join("; ")}. Known placeholders: ${known}`);
};

/** The argument by which each kind of integration names what it works on. */
const subjects: Record<string, string> = {
  lambda: "FunctionName",
  dynamodb: "TableName",
  states: "StateMachineArn",
  sns: "TopicArn",
};

/** Calls about executions of the workflow itself, which its states know from elsewhere than a placeholder. */
const aboutItself: Record<string, string> = {
  "arn:aws:states:::aws-sdk:sfn:describeExecution": "states:DescribeExecution",
};

/** @param workflow its file's path, and the name of its state machine */
export const permissionsOfState = (
  { name: state, resource, parameters }: TaskState,
  targets: Targets,
  { path, name }: { path: string; name: string },
): Permission[] => {
  const own = aboutItself[resource];
  if (own) return [{ actions: [own], ...executionsOf(name) }];
  const [, service = "", action = ""] = /^arn:aws:states:::(\w+):(\w+)/.exec(resource) ?? [];
  const subject = String(parameters[subjects[service] ?? ""]);
  const target = targets.get(placeholderIn(subject));
  if (target) return target.permissions(action);
  const allowed = Object.entries(subjects).map(([kind, argument]) => `${kind} with ${argument}`);
  throw new WorkflowDefinitionError(
    `${path}: the state "${state}" calls ${resource} on ${subject}, for which no permission is known here; ` +
      `allowed: ${allowed.join(", ")}, each a placeholder; ${Object.keys(aboutItself).join(", ")}`,
  );
};
