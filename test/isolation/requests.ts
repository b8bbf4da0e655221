// How the requests of the powers table look to IAM: action, resource, and the condition keys that AWS gives with them.
import type { Request } from "../../local/iam/decision.ts";
import * as scene from "./scene.ts";
import { arn, prefixed, stage, tenantTags } from "./scene.ts";

const roleArn = (name: string): string => {
  const role = stage.roles[name];
  if (!role) throw new Error(`no role ${name}; there are ${Object.keys(stage.roles).join(", ")}`);
  return role.arn;
};

export const machineB = scene.reader("B");
export const everything = (action: string): Request => ({ action, resource: "*" });
export const metrics = (namespace: string): Request => ({
  ...everything("cloudwatch:PutMetricData"),
  context: { "cloudwatch:namespace": namespace },
});
/** @param service of the resource's ARN; without it, the action's */
export const named = (action: string, resource: string, service = action.split(":")[0] ?? ""): Request => ({
  action,
  resource: resource.startsWith("arn:") ? resource : arn(service, resource),
});

export const table = (action: string, name: keyof typeof scene.tables): Request => ({
  action: `dynamodb:${action}`,
  resource: scene.tables[name],
});

export const key = (
  action: string,
  name: keyof typeof scene.keys,
  { via, context = {} }: { via?: string; context?: Request["context"] } = {},
): Request => ({
  action: `kms:${action}`,
  resource: scene.keys[name],
  context: { ...context, ...(via && { "kms:ViaService": `${via}.${scene.region}.amazonaws.com` }) },
});

/** As Parameter Store asks for it. */
export const encrypted = (action: string, name: string): Request =>
  key(action, "the parameters' key", {
    via: "ssm",
    context: { "kms:EncryptionContext:PARAMETER_ARN": scene.parameter(name).arn },
  });

const tagging = (tags: Record<string, string>): Request["context"] => ({
  ...prefixed("aws:RequestTag", tags),
  "aws:TagKeys": Object.keys(tags),
});
const owner = tenantTags("production", "alpha");

export const put = (
  name: string,
  { tagged, overwrite = false }: { tagged?: "owner" | "reader"; overwrite?: boolean },
): Request => ({
  action: "ssm:PutParameter",
  resource: scene.parameter(name).arn,
  context: {
    "ssm:Overwrite": String(overwrite),
    ...(tagged && tagging(tagged === "owner" ? owner : { ...owner, reader: machineB })),
  },
});

export const parameter = (action: string, name: string, { tags = true } = {}): Request => {
  const { arn: resource, tags: existing } = scene.parameter(name);
  return {
    action: `ssm:${action}`,
    resource,
    ...(tags && { context: prefixed("aws:ResourceTag", existing) }),
  };
};

const tag = (name: string, tags: Record<string, string>): Request => {
  const request = parameter("AddTagsToResource", name);
  return { ...request, context: { ...request.context, ...tagging(tags) } };
};
export const tagOwner = (name: string): Request => tag(name, owner);
export const nameReader = (name: string, reader: string): Request => tag(name, { reader });
export const untag = (name: string): Request => {
  const request = parameter("RemoveTagsFromResource", name);
  return { ...request, context: { ...request.context, "aws:TagKeys": ["reader"] } };
};

export const cloudflareToken = (action: string): Request =>
  parameter(action, "the Cloudflare API token, tagged for A");

const ids: Record<string, string> = {
  instance: scene.instances.A,
  volume: "vol-0aaaaaaaaaaaaaaaa",
  snapshot: "snap-0aaaaaaaaaaaaaaaa",
  "network-interface": "eni-0aaaaaaaaaaaaaaaa",
};
/** Snapshots have no account in their ARNs. */
const ec2Arn = (type: string): string =>
  type === "snapshot"
    ? `arn:aws:ec2:${scene.region}::snapshot/${ids.snapshot}`
    : arn("ec2", `${type}/${ids[type]}`);
const withResource = (resource: string): string => resource.replace(/^arn:aws:ec2:[^:]*:[^:]*:/, "");

export const ourTemplate = scene.launchTemplate;
export const ourTemplateResource = withResource(scene.launchTemplate);
export const ourSubnet = withResource(scene.subnet);
export const ourSecurityGroup = withResource(scene.securityGroup);
export const otherTemplate = arn("ec2", "launch-template/lt-0ffffffffffffffff");

const ownedBy = (stageName: string, slug: string): Record<string, string> =>
  slug === "" ? { "warren:stage": stageName } : tenantTags(stageName, slug);

interface Launch {
  template?: string;
  publicAddress?: string;
  stage?: string;
  slug?: string;
}

export const launch = (
  type: string,
  { template = ourTemplate, publicAddress, stage: stageName = "production", slug = "alpha" }: Launch = {},
): Request => ({
  action: "ec2:RunInstances",
  resource: ec2Arn(type),
  context: {
    ...tagging(ownedBy(stageName, slug)),
    ...(template && { "ec2:LaunchTemplate": template }),
    ...(publicAddress && { "ec2:AssociatePublicIpAddress": publicAddress }),
  },
});
export const launchFromImage = (template?: string): Request => ({
  action: "ec2:RunInstances",
  resource: `arn:aws:ec2:${scene.region}::image/ami-0aaaaaaaaaaaaaaaa`,
  context: { ...(template && { "ec2:LaunchTemplate": template }) },
});
export const launchWith = (resource: string): Request => ({
  action: "ec2:RunInstances",
  resource: arn("ec2", resource),
  context: { "ec2:LaunchTemplate": ourTemplate },
});

export const tagNew = (type: string, createAction: string): Request => ({
  action: "ec2:CreateTags",
  resource: ec2Arn(type),
  context: { ...tagging(owner), "ec2:CreateAction": createAction },
});
export const tagExisting = (type: string): Request => ({
  action: "ec2:CreateTags",
  resource: ec2Arn(type),
  context: { ...tagging(owner), ...prefixed("aws:ResourceTag", owner) },
});
export const ourProfile = scene.instanceProfile;
export const otherProfile = `arn:aws:iam::${scene.account}:instance-profile/other`;
export const retag = (profile: string, stageName = "production"): Request => ({
  action: "ec2:CreateTags",
  resource: ec2Arn("instance"),
  context: { ...tagging(ownedBy(stageName, "alpha")), "ec2:InstanceProfile": profile },
});
export const withProfile = (action: string, profile: string, stageName?: string): Request => {
  const request = on(action, "instance", stageName);
  return { ...request, context: { ...request.context, "ec2:NewInstanceProfile": profile } };
};
export const on = (action: string, type: string, stageName = "production", slug = "alpha"): Request => ({
  action: `ec2:${action}`,
  resource: ec2Arn(type),
  context: prefixed("aws:ResourceTag", ownedBy(stageName, slug)),
});
export const create = (action: string, type: string, stageName = "production"): Request => ({
  action: `ec2:${action}`,
  resource: ec2Arn(type),
  context: tagging(ownedBy(stageName, "alpha")),
});
export const instance = (action: string): Request => ({ action, resource: ec2Arn("instance") });

/** Run Command is asked for the machine and for the document, each by itself. */
export const command = (stageName = "production", slug = "alpha"): Request => ({
  action: "ssm:SendCommand",
  resource: ec2Arn("instance"),
  context: prefixed("ssm:resourceTag", ownedBy(stageName, slug)),
});
export const document = (action: string, name: string): Request => named(`ssm:${action}`, `document/${name}`);

const workflowName = (name: string): string => `warren-production-${name}`;
export const workflow = (action: string, name: string): Request =>
  named(`states:${action}`, `stateMachine:${workflowName(name)}`);
export const execution = (action: string, name: string): Request =>
  named(`states:${action}`, `execution:${workflowName(name)}:alpha-01KASMPMXW5X0H3V0PM8NYQJ5D`);
export const lambda = (task: string, action = "InvokeFunction"): Request =>
  named(`lambda:${action}`, `function:warren-production-${task}`);
export const syncRule = (action: string): Request =>
  named(action, "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule");
export const failureQueue = (action: string, of: keyof typeof scene.failures = "changes"): Request =>
  named(`sqs:${action}`, scene.failures[of]);
export const operators = (action: string): Request => named(`sns:${action}`, scene.operators);

export const passRole = (name: string, service: string): Request => ({
  action: "iam:PassRole",
  resource: roleArn(name),
  context: { "iam:PassedToService": `${service}.amazonaws.com` },
});
export const role = (action: string, name: string): Request => ({ action, resource: roleArn(name) });
export const iam = (action: string, resource: string): Request => ({
  action,
  resource: `arn:aws:iam::${scene.account}:${resource}`,
});

const logGroup = (task: string): string => scene.logGroups[task] ?? "";
export const log = (action: string, task: string): Request =>
  named(`logs:${action}`, logGroup(task).replace(/:\*$/, ""));
export const logStream = (task: string): Request =>
  named("logs:PutLogEvents", logGroup(task).replace(/\*$/, "log-stream:a-stream"));
