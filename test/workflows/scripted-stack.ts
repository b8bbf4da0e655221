// The deployed workflows, built by the same construct, over tasks that do what the test's script says.
import { App, DefaultStackSynthesizer, Stack } from "aws-cdk-lib";
import { AttributeType, Table } from "aws-cdk-lib/aws-dynamodb";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { Workflow } from "../../lib/constructs/workflow.ts";
import { loadConfig } from "../../lib/load-config.ts";
import { type Target, workflowTarget } from "../../lib/workflow-targets.ts";
import { deprovisionTasks, provisionTasks } from "../task-names.ts";

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

  constructor(scope: Construct, task: string, scriptUrl: string, role: IRole) {
    super(scope, task);
    this.task = task;
    this.lambda = new LambdaFunction(this, "Lambda", {
      functionName: task,
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromInline(scriptedHandler),
      environment: { TASK: task, SCRIPT: scriptUrl },
      role,
    });
  }
}

/** @returns a CloudFormation template with nothing to upload; the state machines have the workflows' names */
export function scriptedTemplate(scriptUrl: string, tableName: string): string {
  const app = new App();
  const stack = new Stack(app, "Scripted", {
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  });
  const table = new Table(stack, "Tenants", {
    tableName,
    partitionKey: { name: "slug", type: AttributeType.STRING },
  });
  const tableOf: Target = {
    value: table.tableName,
    permissions: () => [
      { actions: ["dynamodb:UpdateItem", "dynamodb:DeleteItem"], resources: [table.tableArn] },
    ],
  };
  // One for all of them: a template that is sent as it is may have 51,200 bytes.
  const role = new Role(stack, "Tasks", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  const workflow = (name: string, tasks: readonly string[], targets: Record<string, Target>) =>
    new Workflow(stack, name, {
      config: loadConfig("local"),
      name,
      file: `state-machines/${name}.asl.json`,
      tasks: tasks.map((task) => new ScriptedTask(stack, task, scriptUrl, role)),
      targets: { TenantsTableName: tableOf, ...targets },
    });
  const { stateMachine } = workflow("deprovision-tenant", deprovisionTasks, {});
  const DeprovisionTenantArn = workflowTarget("deprovision-tenant", stateMachine);
  workflow("provision-tenant", provisionTasks, { DeprovisionTenantArn });
  return JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template);
}
