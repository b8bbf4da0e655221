// What tasks need to be allowed, by purpose: about parameters and workflows here, about machines in machine-permissions.ts.
import { Aws } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { arn } from "./arn.ts";
import type { Config } from "./config.ts";
import type { Permission } from "./permission.ts";

export const tenantParameters = ({ stage }: Config): string =>
  arn("ssm", `parameter/warren/${stage}/tenants/*`);

const perTenant = "Tenants come and go: their parameters are known by the stage's path only.";

/** A key works here only through Parameter Store and only for these parameters. */
const throughParameterStore = (parameters: string[]) => ({
  StringEquals: { "kms:ViaService": `ssm.${Aws.REGION}.amazonaws.com` },
  StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
});

/** The token may be under the stage's key, or under Parameter Store's own, which needs no permission. */
export function readCloudflareToken({ cloudflare }: Config, key: IKey): Permission[] {
  const parameter = arn("ssm", `parameter${cloudflare.apiTokenParameter}`);
  const conditions = throughParameterStore([parameter]);
  return [
    { actions: ["ssm:GetParameter"], resources: [parameter] },
    { actions: ["kms:Decrypt"], resources: [key.keyArn], conditions },
  ];
}

export function writeSecrets(config: Config, key: IKey): Permission[] {
  const parameters = tenantParameters(config);
  const conditions = throughParameterStore([parameters]);
  return [
    { actions: ["ssm:PutParameter", "ssm:AddTagsToResource"], resources: [parameters], whyMany: perTenant },
    { actions: ["kms:Encrypt"], resources: [key.keyArn], conditions },
  ];
}

/** Which of the parameters a machine may read is another permission's matter. */
export const decryptSecrets = (config: Config, key: IKey): Permission => ({
  actions: ["kms:Decrypt"],
  resources: [key.keyArn],
  conditions: throughParameterStore([tenantParameters(config)]),
});

const onSecrets = (config: Config, ...actions: string[]): Permission[] => [
  { actions, resources: [tenantParameters(config)], whyMany: perTenant },
];

/** Without the key the values stay closed. */
export const checkSecrets = (config: Config) => onSecrets(config, "ssm:GetParameter");
export const tagSecrets = (config: Config) => onSecrets(config, "ssm:AddTagsToResource");
export const deleteSecrets = (config: Config) => onSecrets(config, "ssm:DeleteParameter");

export const startWorkflows = (...names: string[]): Permission[] => [
  {
    actions: ["states:StartExecution"],
    resources: names.map((name) => arn("states", `stateMachine:${name}`)),
  },
];

export const stopExecutions = (workflow: string): Permission[] => [
  {
    actions: ["states:DescribeExecution", "states:StopExecution"],
    resources: [arn("states", `execution:${workflow}:*`)],
    whyMany: "Executions get their names when they are started.",
  },
];
