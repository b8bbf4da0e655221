// The HTTP API: one Lambda behind a few routes, each authorised, logged and throttled.
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { LONGEST_WAIT, operations, operationsByPath } from "../../lambdas/api/operations.ts";
import { task } from "../../lambdas/api/task.ts";
import type { Config } from "../config/config.ts";
import { TaskFunction } from "../constructs/task-function.ts";
import type { TaskData } from "../constructs/task-resources.ts";
import type { Deployment } from "../deployment.ts";
import { seeQueue } from "../permissions/queue-permissions.ts";

export interface ApiStackProps extends StackProps {
  deployment: Deployment;
  data: Pick<TaskData, "tenants" | "audit" | "idempotency" | "leases">;
}

/** Requests per second: a person's or a sign-up form's pace, far below what the table takes. */
const throttle = { rateLimit: 50, burstLimit: 100 };

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, data, ...props }: ApiStackProps) {
    super(scope, id, props);
    const { config } = deployment;
    const { lambda } = new TaskFunction(this, "Api", {
      deployment,
      task,
      environment: {
        STAGE: config.stage,
        BASE_DOMAIN: config.baseDomain,
        RESERVED_SLUGS: JSON.stringify(config.reservedSlugs),
        TENANTS_TABLE: data.tenants.tableName,
        AUDIT_TABLE: data.audit.tableName,
        IDEMPOTENCY_TABLE: data.idempotency.tableName,
        LEASES_TABLE: data.leases.tableName,
      },
      // Longer than it lets a caller wait, and less than the gateway waits for it.
      timeoutSeconds: LONGEST_WAIT + 4,
      permissions: [
        ...data.tenants.permissionsFor("GetItem", "PutItem", "UpdateItem", "Scan"),
        ...data.audit.permissionsFor("Query"),
        ...data.idempotency.permissionsFor("GetItem", "PutItem"),
        ...seeQueue(data),
      ],
    });
    const integration = new HttpLambdaIntegration("Lambda", lambda);
    const api = new HttpApi(this, "HttpApi", {
      apiName: `warren-${config.stage}`,
      createDefaultStage: false,
      defaultAuthorizer: authorizer(config),
      // What no route knows is answered by us too: API Gateway's own 404 says nothing.
      defaultIntegration: integration,
    });
    for (const [path, names] of operationsByPath)
      api.addRoutes({ path, methods: names.map((name) => HttpMethod[operations[name].method]), integration });
    const stage = this.defaultStage(api, config);
    new CfnOutput(this, "ApiUrl", { value: stage.url });
    new CfnOutput(this, "ApiId", { value: api.apiId });
  }

  private defaultStage(httpApi: HttpApi, { logRetentionDays }: Config): HttpStage {
    const accessLogs = new LogGroup(this, "AccessLogs", {
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new HttpStage(this, "Stage", {
      httpApi,
      stageName: "$default",
      autoDeploy: true,
      throttle,
      detailedMetricsEnabled: true,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLogs) },
    });
  }
}

const authorizer = ({ api: { auth } }: Config): IHttpRouteAuthorizer => {
  if (auth.type === "iam") return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer("Tokens", auth.issuer, { jwtAudience: auth.audience });
};
