// Which permission each recorded call made use of, as `<role> <action>`.
import type { Execution } from "../support/traces.ts";
import type { TrailEvent } from "./cloud-trail.ts";
import type { RecordedLives } from "./recorded-lives.ts";

const itemActions: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

/** One operation may need several actions: a transaction one for each item, a parameter with tags one for them. */
const actionsOf = ({ service, name, parameters }: TrailEvent): string[] => {
  if (name === "TransactWriteItems") {
    const items = (parameters.TransactItems ?? []) as Record<string, unknown>[];
    return items.flatMap((item) => Object.keys(item)).map((kind) => `dynamodb:${itemActions[kind]}`);
  }
  const tags = name === "PutParameter" && parameters.Tags ? ["ssm:AddTagsToResource"] : [];
  return [`${service}:${name}`, ...tags];
};

/** What a state's `Resource` stands for, which MiniStack's histories quote. */
const stateActions: Record<string, string> = {
  "arn:aws:states:::lambda:invoke": "lambda:InvokeFunction",
  "arn:aws:states:::dynamodb:getItem": "dynamodb:GetItem",
  "arn:aws:states:::dynamodb:updateItem": "dynamodb:UpdateItem",
  "arn:aws:states:::dynamodb:deleteItem": "dynamodb:DeleteItem",
  "arn:aws:states:::states:startExecution.sync:2": "states:StartExecution",
  "arn:aws:states:::aws-sdk:sfn:describeExecution": "states:DescribeExecution",
  "arn:aws:states:::sns:publish": "sns:Publish",
};

const ofWorkflow = (role: string, executions: Execution[]): string[] =>
  executions
    .flatMap(({ events }) => events)
    .flatMap(({ taskScheduledEventDetails: task }) => task?.resource ?? [])
    .map((resource) => `${role} ${stateActions[resource] ?? resource}`);

export const usedPermissions = (lives: RecordedLives): Set<string> => {
  const { ec2, events, accessKeyIds, provisions, removals, repairs, sweeps } = lives;
  const roleOf = ({ app, accessKeyId }: TrailEvent): string | undefined =>
    app ?? Object.entries(accessKeyIds).find(([, id]) => id === accessKeyId)?.[0];
  return new Set([
    ...ec2.flatMap(({ app, needs }) => needs.map(({ action }) => `${app} ${action}`)),
    ...events.flatMap((event) => actionsOf(event).map((action) => `${roleOf(event)} ${action}`)),
    ...ofWorkflow("provision-tenant", provisions),
    ...ofWorkflow("deprovision-tenant", removals),
    ...ofWorkflow("repair-tenant", repairs),
    ...ofWorkflow("health-sweep", sweeps),
  ]);
};
