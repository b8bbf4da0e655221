// A Lambda as all of ours are: a role of its own that may do what it is granted and no more, a log group of its
// own, an environment typed by the schema that its handler parses, and a User-Agent that names it in CloudTrail.

import { join } from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type * as z from "zod";
import { callsCloudflare } from "../../core/handler/task.ts";
import { stageName } from "../../core/stage-names.ts";
import type { Deployment } from "../deployment.ts";
import { explainWildcards, grant, type Permission } from "../permissions/permission.ts";

export interface TaskFunctionProps<Schema extends z.ZodObject> {
  deployment: Deployment;
  /** Its description. */
  task: { name: string; environment: Schema };
  /** May hold more than the description names: only what it names becomes the Lambda's environment. */
  environment: z.input<Schema>;
  timeoutSeconds: number;
  memoryMiB?: number | undefined;
  permissions: readonly Permission[];
}

export class TaskFunction<Schema extends z.ZodObject = z.ZodObject> extends Construct {
  readonly task: string;
  readonly lambda: LambdaFunction;
  readonly callsCloudflare: boolean;

  constructor(scope: Construct, id: string, props: TaskFunctionProps<Schema>) {
    super(scope, id);
    const { config, bundles } = props.deployment;
    const { name, environment } = props.task;
    this.task = name;
    this.callsCloudflare = callsCloudflare(props.task);
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const logGroup = new LogGroup(this, "Logs", {
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    this.lambda = new LambdaFunction(this, "Lambda", {
      functionName: stageName(config.stage, name),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: Code.fromAsset(join(bundles, name)),
      memorySize: props.memoryMiB ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...taskIdentity(name), ...pick(props.environment, environment) },
      tracing: config.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      role,
      logGroup,
    });
    grant(this, role, props.permissions);
    if (config.tracing) explainWildcards(this, ["*"], "X-Ray's actions know no resources.");
  }
}

const taskIdentity = (task: string): Record<string, string> => ({
  AWS_SDK_UA_APP_ID: task,
  POWERTOOLS_SERVICE_NAME: task,
});

const pick = (environment: Record<string, unknown>, schema: z.ZodObject): Record<string, string> => {
  const names = Object.keys(schema.shape).filter((name) => environment[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, String(environment[name])]));
};
