// Who may do what, as a stage's synthesised templates say it: each role with its policies, and what resources' own
// policies add or forbid. Nothing in a template that bears on this may be passed over.
import type { Home, Resource } from "./physical-ids.ts";
import { type CloudTemplate, type Deployed, Resolver } from "./resolver.ts";

export interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Policy {
  Version: string;
  Statement: Statement[];
}

interface StageRole {
  arn: string;
  /** AROA… */
  id: string;
  policies: Policy[];
  /** Who may assume it. */
  trust: Policy;
}

export interface StagePolicies {
  home: Home;
  /** By what uses it: a task, a workflow, `machine`, `sweep-schedule`, `flow-logs`, `CDK's helper`. */
  roles: Record<string, StageRole>;
  /** Of keys, tables and topics, by ARN. */
  resourcePolicies: Record<string, Policy>;
  /** ARNs of the Lambdas' log groups, by task. */
  logGroups: Record<string, string>;
  /** ARN or id of a resource of this type whose logical id begins so. */
  idOf(type: string, logicalId: string, attribute?: string): string;
}

interface Found {
  stack: string;
  id: string;
  resource: Resource;
}

/** Roles of what is neither a task nor a workflow, by the beginnings of their logical ids. */
const special = [
  ["MachineRole", "machine"],
  ["VpcFlowLog", "flow-logs"],
  ["CustomVpcRestrictDefaultSG", "CDK's helper"],
  ["PipelineExecutionRole", "image-pipeline"],
  ["PipelineBuilderRole", "image-builder"],
  ["LifecycleRole", "image-lifecycle"],
  ["ScheduleRole", "sweep-schedule"],
  ["DailySnapshotsRole", "daily-snapshots"],
] as const;

/** Source: the policy of this name in AWS's Managed Policy Reference. */
const managedPolicies: Record<string, Policy> = {
  "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "*",
      },
    ],
  },
};

const managed = (arn: string): Policy => {
  const policy = managedPolicies[arn];
  if (!policy) throw new Error(`what ${arn} allows is not known; add it to policies.ts, or do not attach it`);
  return policy;
};

/** @param templates by the names of their stacks */
export const stagePolicies = (
  home: Home,
  templates: Record<string, CloudTemplate>,
  deployed?: Deployed,
): StagePolicies => {
  const resolver = new Resolver(home, templates, deployed);
  const all: Found[] = Object.entries(templates).flatMap(([stack, { Resources = {} }]) =>
    Object.entries(Resources).map(([id, resource]) => ({ stack, id, resource })),
  );
  const ofType = (type: string) => all.filter(({ resource }) => resource.Type === type);
  const property = ({ stack, resource }: Found, name: string): unknown =>
    resolver.resolve(resource.Properties?.[name], stack);
  const attribute = ({ stack, id }: Found, name: string): string =>
    String(resolver.resolve({ "Fn::GetAtt": [id, name] }, stack));

  const roleOf = (role: Found): StageRole => {
    const name = resolver.resolve({ Ref: role.id }, role.stack);
    const attached = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]
      .flatMap(ofType)
      .filter((policy) => (property(policy, "Roles") as unknown[] | undefined)?.includes(name))
      .map((policy) => property(policy, "PolicyDocument") as Policy);
    const inline = (property(role, "Policies") ?? []) as { PolicyDocument: Policy }[];
    const arns = (property(role, "ManagedPolicyArns") ?? []) as string[];
    return {
      arn: attribute(role, "Arn"),
      id: attribute(role, "RoleId"),
      policies: [...attached, ...inline.map(({ PolicyDocument }) => PolicyDocument), ...arns.map(managed)],
      trust: property(role, "AssumeRolePolicyDocument") as Policy,
    };
  };

  const users = new Map<unknown, string>([
    ...ofType("AWS::Lambda::Function").map((lambda) => [property(lambda, "Role"), taskOf(lambda)] as const),
    ...ofType("AWS::StepFunctions::StateMachine").map(
      (machine) => [property(machine, "RoleArn"), shortName(property(machine, "StateMachineName"))] as const,
    ),
  ]);
  const nameOf = (role: Found): string =>
    special.find(([id]) => role.id.startsWith(id))?.[1] ??
    users.get(attribute(role, "Arn")) ??
    shortName(property(role, "RoleName") ?? role.id);

  const resourcePolicies: Record<string, Policy> = {
    ...Object.fromEntries(
      ofType("AWS::KMS::Key").map((key) => [attribute(key, "Arn"), property(key, "KeyPolicy") as Policy]),
    ),
    ...Object.fromEntries(
      ofType("AWS::DynamoDB::Table").flatMap((table) => {
        const policy = property(table, "ResourcePolicy") as { PolicyDocument: Policy } | undefined;
        return policy ? [[attribute(table, "Arn"), policy.PolicyDocument]] : [];
      }),
    ),
    ...Object.fromEntries(
      ofType("AWS::SNS::TopicPolicy").flatMap((policy) =>
        (property(policy, "Topics") as string[]).map((topic) => [
          topic,
          property(policy, "PolicyDocument") as Policy,
        ]),
      ),
    ),
  };
  const logGroups = ofType("AWS::Lambda::Function").flatMap((lambda) => {
    const { LoggingConfig } = lambda.resource.Properties as { LoggingConfig?: { LogGroup: { Ref: string } } };
    const group = all.find(({ stack, id }) => stack === lambda.stack && id === LoggingConfig?.LogGroup.Ref);
    return group ? [[taskOf(lambda), attribute(group, "Arn")]] : [];
  });
  return {
    home,
    logGroups: Object.fromEntries(logGroups),
    roles: Object.fromEntries(ofType("AWS::IAM::Role").map((role) => [nameOf(role), roleOf(role)])),
    resourcePolicies,
    idOf: (type, logicalId, name) => {
      const found = ofType(type).filter(({ id }) => id.startsWith(logicalId));
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} resources are a ${type} ${logicalId}…`);
      return name ? attribute(only, name) : String(resolver.resolve({ Ref: only.id }, only.stack));
    },
  };
};

const shortName = (name: unknown): string => String(name).replace(/^warren-[a-z]+-(?=[a-z])/, "");

const taskOf = ({ id, resource }: Found): string => shortName(resource.Properties?.FunctionName ?? id);
