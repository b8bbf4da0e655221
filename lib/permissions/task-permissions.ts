// What tasks need to be allowed, by purpose: about parameters and workflows here, about machines in machine-permissions.ts.
import { Aws } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type SecretName, secretNames, secretParameter } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { WorkflowName } from "../../core/workflow/workflows.ts";
import { arn } from "../arn.ts";
import type { Config } from "../config/config.ts";
import { workflowArn, workflowName } from "../deployment.ts";
import type { Permission } from "./permission.ts";

/** These secrets of every tenant of the stage; without names, all of them. */
export const secretArns = ({ stage }: Config, ...names: SecretName[]): string[] =>
  (names.length > 0 ? names : secretNames).map((name) =>
    arn("ssm", `parameter${secretParameter({ stage, slug: "*", generation: "*" }, name)}`),
  );

const perTenant =
  "Tenants come and go: their parameters are known by the stage's path and the secret's name only.";

/** A key works here only through Parameter Store and only for these parameters. */
const throughParameterStore = (parameters: string[]) => ({
  StringEquals: { "kms:ViaService": `ssm.${Aws.REGION}.amazonaws.com` },
  StringLike: { "kms:EncryptionContext:PARAMETER_ARN": parameters },
});

/** The token may be under the stage's key, or under Parameter Store's own, which needs no permission. */
export const readCloudflareToken = ({ cloudflare }: Config, key: IKey): Permission[] => {
  const parameter = arn("ssm", `parameter${cloudflare.apiTokenParameter}`);
  const conditions = throughParameterStore([parameter]);
  return [
    { actions: ["ssm:GetParameter"], resources: [parameter] },
    { actions: ["kms:Decrypt"], resources: [key.keyArn], conditions },
  ];
};

/** The tags that say whose a parameter is. Who may read it is another tag, which only `nameReader` may write. */
const ownersTags = {
  "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.stage, tagKeys.slug, tagKeys.generation] },
};

/** @param put conditions on PutParameter besides those on its tags */
const writeSecrets = (config: Config, key: IKey, names: SecretName[], put: Permission["conditions"] = {}) => {
  const resources = secretArns(config, ...names);
  const written = (action: string, conditions: Permission["conditions"]): Permission => ({
    actions: [action],
    resources,
    conditions: { ...ownersTags, ...conditions },
    whyMany: perTenant,
  });
  return [
    written("ssm:PutParameter", put),
    written("ssm:AddTagsToResource", {}),
    { actions: ["kms:Encrypt"], resources: [key.keyArn], conditions: throughParameterStore(resources) },
  ];
};

export const writeTunnelToken = (config: Config, key: IKey): Permission[] =>
  writeSecrets(config, key, ["tunnel-token"]);

/** What Cloudflare would tell as well to whoever may call it. */
export const readTunnelToken = (config: Config, key: IKey): Permission[] => [
  { actions: ["ssm:GetParameter"], resources: secretArns(config, "tunnel-token"), whyMany: perTenant },
  decryptSecrets(config, key, "tunnel-token"),
];

/** Never another value for a secret that exists. Source: Systems Manager User Guide, "ssm:Overwrite". */
const createOnly = (config: Config, key: IKey, ...names: SecretName[]): Permission[] =>
  writeSecrets(config, key, names, { StringNotEquals: { "ssm:Overwrite": "true" } });

export const createSecrets = (config: Config, key: IKey): Permission[] =>
  createOnly(config, key, "admin-token", "database-password");
/** Of which any value will do. */
export const createAdminToken = (config: Config, key: IKey): Permission[] =>
  createOnly(config, key, "admin-token");

/** Which of the parameters may be read is another permission's matter. */
export const decryptSecrets = (config: Config, key: IKey, ...names: SecretName[]): Permission => ({
  actions: ["kms:Decrypt"],
  resources: [key.keyArn],
  conditions: throughParameterStore(secretArns(config, ...names)),
});

const onSecrets = (
  config: Config,
  action: string,
  conditions: Permission["conditions"] = {},
): Permission[] => [{ actions: [action], resources: secretArns(config), conditions, whyMany: perTenant }];

/** Without the key the values stay closed. */
export const checkSecrets = (config: Config) => onSecrets(config, "ssm:GetParameter");
export const readSecretTags = (config: Config) => onSecrets(config, "ssm:ListTagsForResource");
export const deleteSecrets = (config: Config) => onSecrets(config, "ssm:DeleteParameter");

/** The one permission by which a machine comes to read a secret. @param roleId of the machines' role, AROA… */
export const nameReader = (config: Config, roleId: string): Permission[] =>
  onSecrets(config, "ssm:AddTagsToResource", {
    "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.reader] },
    StringLike: { [`aws:RequestTag/${tagKeys.reader}`]: `${roleId}:i-*` },
  });

/** A tenant's admin token, for whoever is let into the role that has this. */
export const readAdminTokens = (config: Config, key: IKey): Permission[] => [
  { actions: ["ssm:GetParameter"], resources: secretArns(config, "admin-token"), whyMany: perTenant },
  decryptSecrets(config, key, "admin-token"),
];

export const startWorkflows = (config: Config, ...workflows: WorkflowName[]): Permission[] => [
  {
    actions: ["states:StartExecution"],
    resources: workflows.map((workflow) => workflowArn(config, workflow)),
  },
];

/** @param names of state machines */
export const executionsOf = (...names: string[]): Pick<Permission, "resources" | "whyMany"> => ({
  resources: names.map((name) => arn("states", `execution:${name}:*`)),
  whyMany: "Executions get their names when they are started.",
});

export const stopExecutions = (config: Config, ...workflows: WorkflowName[]): Permission[] => [
  {
    actions: ["states:DescribeExecution", "states:StopExecution"],
    ...executionsOf(...workflows.map((workflow) => workflowName(config, workflow))),
  },
];
