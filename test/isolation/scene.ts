// The stage that the matrix judges: production as synthesised, with two tenants' machines and secrets in it, and with
// a pipeline for its image, so that the roles of that stack are judged too.
import { queueIndex } from "../../core/queue/queue-table.ts";
import { type SecretName, secretNames, secretParameter, secretReader } from "../../core/tenant/names.ts";
import { changed, production as example, staging } from "../stacks/synthesised.ts";
import { stagePolicies } from "./policies.ts";
import { stageTemplates } from "./stage-templates.ts";

const production = changed(example, { image: staging.image });

export const region = production.region;
export const account = production.account ?? "111122223333";

export const stage = stagePolicies({ account, region }, stageTemplates(production));

export const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const parameterArn = (name: string): string => arn("ssm", `parameter${name}`);

const machineRoleId = stage.roles.machine?.id ?? "";
export const instances = { A: "i-0aaaaaaaaaaaaaaaa", B: "i-0bbbbbbbbbbbbbbbb", stray: "i-0cccccccccccccccc" };
/** What the `reader` tag says for each machine. */
export const reader = (machine: keyof typeof instances): string =>
  secretReader(machineRoleId, instances[machine]);

export const tenantTags = (name: string, slug: string): Record<string, string> => ({
  "warren:stage": name,
  "warren:slug": slug,
  "warren:generation": "01KASMPMXW5X0H3V0PM8NYQJ5D",
});

export const prefixed = (prefix: string, tags: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

const secret = (
  stageName: string,
  slug: string,
  name: SecretName,
  generation = "01KASMPMXW5X0H3V0PM8NYQJ5D",
) => parameterArn(secretParameter({ stage: stageName, slug, generation }, name));

/** A parameter, and the tags that AWS would see on it. */
export interface Parameter {
  arn: string;
  tags: Record<string, string>;
}

const ofTenant = (whose: string, slug: string, tags: Record<string, string>, generation?: string) =>
  Object.fromEntries(
    secretNames.map((name): [string, Parameter] => [
      `${whose} ${name.replace("-", " ")}`,
      {
        arn: secret("production", slug, name, generation),
        tags: { ...tenantTags("production", slug), ...tags },
      },
    ]),
  );

/** By the names that the tables use. Some carry A's machine as their reader though nobody should have put it there. */
export const parameters: Record<string, Parameter> = {
  ...ofTenant("A's", "alpha", { reader: reader("A") }),
  ...ofTenant("B's", "beta", { reader: reader("B") }),
  ...ofTenant("a new tenant's", "gamma", {}),
  ...ofTenant("A's earlier", "alpha", { reader: reader("stray") }, "01KAAAAAAA5X0H3V0PM8NYQJ5D"),
  "staging's admin token, tagged for A": {
    arn: secret("staging", "alpha", "admin-token"),
    tags: { ...tenantTags("staging", "alpha"), reader: reader("A") },
  },
  "an unknown secret below A's path, tagged for A": {
    arn: `${secret("production", "alpha", "admin-token")}-2`,
    tags: { reader: reader("A") },
  },
  "the Cloudflare API token, tagged for A": {
    arn: parameterArn(production.cloudflare.apiTokenParameter),
    tags: { reader: reader("A") },
  },
  "the machines' image": { arn: parameterArn(production.machine.amiParameter), tags: {} },
  "another system's password, tagged for A": {
    arn: parameterArn("/payroll/database-password"),
    tags: { reader: reader("A") },
  },
};

export const parameter = (name: string): Parameter => {
  const found = parameters[name];
  if (!found) throw new Error(`no parameter "${name}"; there are ${Object.keys(parameters).join("; ")}`);
  return found;
};

const idOf = stage.idOf;
export const keys = {
  "the parameters' key": idOf("AWS::KMS::Key", "ParameterKey", "Arn"),
  "the tables' key": idOf("AWS::KMS::Key", "TableKey", "Arn"),
  "the operators' key": idOf("AWS::KMS::Key", "OperatorsKey", "Arn"),
};
export const tables = {
  tenants: idOf("AWS::DynamoDB::Table", "Tenants", "Arn"),
  audit: idOf("AWS::DynamoDB::Table", "Audit", "Arn"),
  idempotency: idOf("AWS::DynamoDB::Table", "Idempotency", "Arn"),
  leases: idOf("AWS::DynamoDB::Table", "Leases", "Arn"),
  queue: `${idOf("AWS::DynamoDB::Table", "Tenants", "Arn")}/index/${queueIndex.name}`,
  stream: idOf("AWS::DynamoDB::Table", "Tenants", "StreamArn"),
};
export const launchTemplate = arn("ec2", `launch-template/${idOf("AWS::EC2::LaunchTemplate", "Machine")}`);
export const subnet = arn("ec2", `subnet/${idOf("AWS::EC2::Subnet", "VpcTenantsSubnet1")}`);
export const securityGroup = arn(
  "ec2",
  `security-group/${idOf("AWS::EC2::SecurityGroup", "TenantsSecurityGroup", "GroupId")}`,
);
export const instanceProfile = idOf("AWS::IAM::InstanceProfile", "Machine", "Arn");
export const failures = {
  changes: idOf("AWS::SQS::Queue", "DispatcherFailures", "Arn"),
  sweeps: idOf("AWS::SQS::Queue", "ScheduleFailures", "Arn"),
};
export const operators = idOf("AWS::SNS::Topic", "OperatorsTopic");
/** ARNs, by task. */
export const logGroups = stage.logGroups;
