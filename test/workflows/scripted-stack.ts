// The deployed workflows, built by the same construct, over tasks that do what the test's script says.
import { App, DefaultStackSynthesizer, Stack } from "aws-cdk-lib";
import { AttributeType, Table } from "aws-cdk-lib/aws-dynamodb";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { callsCloudflare } from "../../core/handler/task.ts";
import { tasks } from "../../lambdas/tasks.ts";
import { arn } from "../../lib/arn.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { Workflow } from "../../lib/workflows/workflow.ts";
import { type Target, workflowTarget } from "../../lib/workflows/workflow-targets.ts";
import { deprovisionTasks, provisionTasks, repairTasks, sweepTasks } from "../support/task-names.ts";

/** Runs inside the local AWS, so it is CommonJS text and nothing of this project. */
const scriptedHandler = `exports.handler = async (input) => {
  const body = JSON.stringify({ task: process.env.TASK, input });
  const { error, message, result } = await (await fetch(process.env.SCRIPT, { method: "POST", body })).json();
  if (error) throw Object.assign(new Error(message ?? error), { name: error });
  return result;
};`;

class ScriptedTask extends Construct {
  readonly task: string;
  readonly lambda: LambdaFunction;
  readonly callsCloudflare: boolean;

  constructor(scope: Construct, task: string, scriptUrl: string, role: IRole) {
    super(scope, task);
    this.task = task;
    this.callsCloudflare = tasks.some((one) => one.name === task && callsCloudflare(one));
    this.lambda = new LambdaFunction(this, "Lambda", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline(scriptedHandler),
      environment: { TASK: task, SCRIPT: scriptUrl },
      role,
    });
  }
}

/** One that two workflows run is made once. */
const scriptedTask = (stack: Stack, task: string, scriptUrl: string, role: IRole): ScriptedTask =>
  (stack.node.tryFindChild(task) as ScriptedTask | undefined) ??
  new ScriptedTask(stack, task, scriptUrl, role);

const newStack = () => {
  const app = new App();
  const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
  const stack = new Stack(app, "Scripted", { synthesizer });
  const template = () => JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template);
  return { stack, template };
};

const table = (stack: Stack, tableName: string, key: string): Target => {
  const { tableArn } = new Table(stack, tableName, {
    tableName,
    partitionKey: { name: key, type: AttributeType.STRING },
  });
  return tableOf(tableName, tableArn);
};

const tableOf = (name: string, arn: string): Target => {
  const actions = ["GetItem", "UpdateItem", "DeleteItem"].map((action) => `dynamodb:${action}`);
  return { value: name, permissions: () => [{ actions, resources: [arn] }] };
};

/** The workflows are named as their files are. */
const workflows =
  (stack: Stack, scriptUrl: string, role = tasksRole(stack)) =>
  (name: string, tasks: readonly string[], targets: Record<string, Target>) =>
    new Workflow(stack, name, {
      config: loadConfig("local"),
      name,
      file: `state-machines/${name}.asl.json`,
      tasks: tasks.map((task) => scriptedTask(stack, task, scriptUrl, role)),
      targets,
    });

const tasksRole = (stack: Stack): Role =>
  new Role(stack, "Tasks", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });

/** @returns a CloudFormation template without assets */
export const lifecycleTemplate = (scriptUrl: string, tenantsTable: string): string => {
  const { stack, template } = newStack();
  const TenantsTableName = table(stack, tenantsTable, "slug");
  const workflow = workflows(stack, scriptUrl);
  const { stateMachine } = workflow("deprovision-tenant", deprovisionTasks, { TenantsTableName });
  const DeprovisionTenantArn = workflowTarget("deprovision-tenant", stateMachine);
  workflow("provision-tenant", provisionTasks, { TenantsTableName, DeprovisionTenantArn });
  return template();
};

/** For the lease of the sweeps. */
export const leasesTable = "scripted-leases";

export const sweepTemplate = (scriptUrl: string): string => {
  const { stack, template } = newStack();
  const LeasesTableName = table(stack, leasesTable, "name");
  workflows(stack, scriptUrl)("health-sweep", sweepTasks, { LeasesTableName });
  return template();
};

/** @param tenantsTable of the lifecycle's stack */
export const repairTemplate = (scriptUrl: string, tenantsTable: string): string => {
  const { stack, template } = newStack();
  const TenantsTableName = tableOf(tenantsTable, arn("dynamodb", `table/${tenantsTable}`));
  const role = tasksRole(stack);
  const topic = new Topic(stack, "Operators");
  topic.addSubscription(new LambdaSubscription(new ScriptedTask(stack, "operators", scriptUrl, role).lambda));
  const { topicArn } = topic;
  const publish = { actions: ["sns:Publish"], resources: [topicArn] };
  const OperatorsTopicArn = { value: topicArn, permissions: () => [publish] };
  workflows(stack, scriptUrl, role)("repair-tenant", repairTasks, { TenantsTableName, OperatorsTopicArn });
  return template();
};
