// Every power that any role of the stage has, and many that none may have: after each, the roles that have it. All
// other roles are cases that must be denied it. How a request looks is in requests.ts.
import { deprovisionTasks, provisionTasks, repairTasks, sweepTasks } from "../task-names.ts";
import * as about from "./requests.ts";
import type { Request } from "./simulator.ts";

export interface Power extends Request {
  roles: readonly string[];
}

const lifeTasks = [...provisionTasks, ...deprovisionTasks];
const allTasks = [...new Set([...lifeTasks, ...sweepTasks, ...repairTasks])];
/** What writes into rows, besides workflows and the API. */
const writers = [
  ...lifeTasks,
  ...sweepTasks,
  "restart-connector",
  "restart-application",
  "start-instance",
  "reboot-instance",
  "stop-instance",
  "retire-instance",
  "settle-repair",
];
const workflowsOfTenants = ["provision-tenant", "deprovision-tenant", "repair-tenant"];
const callsCloudflare = [
  "survey-fleet",
  "create-tunnel",
  "create-dns-record",
  "delete-dns-record",
  "delete-tunnel",
  "verify-gone",
];
const nobody: string[] = [];

const may = (roles: readonly string[], request: Request): Power => ({ ...request, roles });

const rows: Record<string, Power> = {
  "read a tenant's row": may(
    [
      ...["probe-tenant", "verify-gone", "judge-fleet", "resume-work"],
      ...["diagnose-tenant", "prove-repair", "settle-repair", "api"],
    ],
    about.table("GetItem", "tenants"),
  ),
  "write into a tenant's row": may(
    [...writers, ...workflowsOfTenants, "api"],
    about.table("UpdateItem", "tenants"),
  ),
  "create a tenant's row": may(["api"], about.table("PutItem", "tenants")),
  "list all rows": may(["api", "survey-fleet"], about.table("Scan", "tenants")),
  "see how large the tenants table is": may(["survey-fleet"], about.table("DescribeTable", "tenants")),
  "query rows": may(nobody, about.table("Query", "tenants")),
  "delete a tenant's row": may(["deprovision-tenant"], about.table("DeleteItem", "tenants")),
  "write rows in batches": may(nobody, about.table("BatchWriteItem", "tenants")),
  "delete the tenants table": may(nobody, about.table("DeleteTable", "tenants")),
  "switch off the tenants table's stream": may(nobody, about.table("UpdateTable", "tenants")),
  "read the tenants table's stream": may(["dispatch-change"], about.table("GetRecords", "stream")),
  "look at an idempotency key": may(["api"], about.table("GetItem", "idempotency")),
  "store an idempotency key": may(["api"], about.table("PutItem", "idempotency")),
  "forget an idempotency key": may(nobody, about.table("DeleteItem", "idempotency")),
  "see who holds a lease": may(["health-sweep"], about.table("GetItem", "leases")),
  "take a lease": may(["health-sweep"], about.table("UpdateItem", "leases")),
  "delete a lease": may(nobody, about.table("DeleteItem", "leases")),
  "append to the audit": may(["verify-gone", "prove-repair"], about.table("PutItem", "audit")),
  "change an audit entry": may(nobody, about.table("UpdateItem", "audit")),
  "change an audit entry in PartiQL": may(nobody, about.table("PartiQLUpdate", "audit")),
  "remove an audit entry": may(nobody, about.table("DeleteItem", "audit")),
  "remove an audit entry in PartiQL": may(nobody, about.table("PartiQLDelete", "audit")),
  "write audit entries in batches": may(nobody, about.table("BatchWriteItem", "audit")),
  "read the audit": may(nobody, about.table("Scan", "audit")),
  "delete the audit table": may(nobody, about.table("DeleteTable", "audit")),
  "open the audit table's policy": may(nobody, about.table("PutResourcePolicy", "audit")),
  "decrypt rows through DynamoDB": may(
    [
      ...[...writers, ...workflowsOfTenants, "health-sweep", "diagnose-tenant", "prove-repair"],
      ...["api", "dispatch-change"],
    ],
    about.key("Decrypt", "the tables' key", { via: "dynamodb" }),
  ),
  // CDK's grant to whoever reads a stream has no condition; what it could open lies in DynamoDB only.
  "decrypt with the tables' key directly": may(["dispatch-change"], about.key("Decrypt", "the tables' key")),
};

const secrets: Record<string, Power> = {
  "write a new tunnel token": may(["create-tunnel"], about.put("A's tunnel token", { tagged: "owner" })),
  "replace a tunnel token": may(["create-tunnel"], about.put("A's tunnel token", { overwrite: true })),
  "create an admin token": may(["create-secrets"], about.put("A's admin token", { tagged: "owner" })),
  "create a database password": may(
    ["create-secrets"],
    about.put("A's database password", { tagged: "owner" }),
  ),
  "replace an admin token": may(nobody, about.put("A's admin token", { overwrite: true })),
  "replace a database password": may(nobody, about.put("A's database password", { overwrite: true })),
  "create a secret with a reader of its choice": may(
    nobody,
    about.put("A's tunnel token", { tagged: "reader" }),
  ),
  "create an admin token with a reader of its choice": may(
    nobody,
    about.put("A's admin token", { tagged: "reader" }),
  ),
  "write another stage's secret": may(
    nobody,
    about.put("staging's admin token, tagged for A", { tagged: "owner" }),
  ),
  "replace the Cloudflare API token": may(
    nobody,
    about.put("the Cloudflare API token, tagged for A", { overwrite: true }),
  ),
  "choose the machines' image": may(
    ["image-pipeline"],
    about.put("the machines' image", { overwrite: true }),
  ),
  "tag a new tunnel token as its tenant's": may(["create-tunnel"], about.tagOwner("A's tunnel token")),
  "tag a new admin token as its tenant's": may(["create-secrets"], about.tagOwner("A's admin token")),
  "name the machine that reads a tunnel token": may(
    ["grant-secrets"],
    about.nameReader("A's tunnel token", about.machineB),
  ),
  "name the machine that reads an admin token": may(
    ["grant-secrets"],
    about.nameReader("A's admin token", about.machineB),
  ),
  "name the machine that reads a database password": may(
    ["grant-secrets"],
    about.nameReader("A's database password", about.machineB),
  ),
  "name as a reader what is no machine": may(
    nobody,
    about.nameReader("A's admin token", "AIDAAAAAAAAAAAAAAAAAA"),
  ),
  "name as a reader another role's machine": may(
    nobody,
    about.nameReader("A's admin token", "AROABBBBBBBBBBBBBBBBB:i-0aaaaaaaaaaaaaaaa"),
  ),
  "name a reader of another stage's secret": may(
    nobody,
    about.nameReader("staging's admin token, tagged for A", about.machineB),
  ),
  "name a reader of the Cloudflare API token": may(
    nobody,
    about.nameReader("the Cloudflare API token, tagged for A", about.machineB),
  ),
  "take away a secret's reader": may(nobody, about.untag("A's admin token")),
  "see that a tenant's secret exists": may(
    ["verify-gone"],
    about.parameter("GetParameter", "A's tunnel token"),
  ),
  "see that a tenant's admin token exists": may(
    ["verify-gone", "admin-token-reader"],
    about.parameter("GetParameter", "A's admin token"),
  ),
  "read a tenant's secrets by path": may(
    nobody,
    about.parameter("GetParametersByPath", "A's admin token", { tags: false }),
  ),
  "read several secrets at once": may(nobody, about.parameter("GetParameters", "A's database password")),
  "read a secret's history": may(nobody, about.parameter("GetParameterHistory", "A's admin token")),
  "list parameters": may(nobody, about.everything("ssm:DescribeParameters")),
  "delete a tunnel token": may(["delete-secrets"], about.parameter("DeleteParameter", "A's tunnel token")),
  "delete an admin token": may(["delete-secrets"], about.parameter("DeleteParameter", "A's admin token")),
  "delete a database password": may(
    ["delete-secrets"],
    about.parameter("DeleteParameter", "A's database password"),
  ),
  "delete the Cloudflare API token": may(
    nobody,
    about.parameter("DeleteParameter", "the Cloudflare API token, tagged for A"),
  ),
  "read the Cloudflare API token": may(callsCloudflare, about.cloudflareToken("GetParameter")),
  "encrypt a tunnel token": may(["create-tunnel"], about.encrypted("Encrypt", "A's tunnel token")),
  "encrypt an admin token": may(["create-secrets"], about.encrypted("Encrypt", "A's admin token")),
  "encrypt a database password": may(["create-secrets"], about.encrypted("Encrypt", "A's database password")),
  "decrypt a tunnel token": may(["machine"], about.encrypted("Decrypt", "A's tunnel token")),
  "decrypt an admin token": may(
    ["machine", "admin-token-reader"],
    about.encrypted("Decrypt", "A's admin token"),
  ),
  "decrypt a database password": may(["machine"], about.encrypted("Decrypt", "A's database password")),
  "decrypt the Cloudflare API token": may(
    callsCloudflare,
    about.encrypted("Decrypt", "the Cloudflare API token, tagged for A"),
  ),
  "decrypt with the parameters' key directly": may(nobody, about.key("Decrypt", "the parameters' key")),
  "lend the parameters' key to others": may(nobody, about.key("CreateGrant", "the parameters' key")),
  "rewrite the parameters' key's policy": may(nobody, about.key("PutKeyPolicy", "the parameters' key")),
  "have the parameters' key deleted": may(nobody, about.key("ScheduleKeyDeletion", "the parameters' key")),
  "have the tables' key deleted": may(nobody, about.key("ScheduleKeyDeletion", "the tables' key")),
  "read Secrets Manager": may(nobody, about.named("secretsmanager:GetSecretValue", "secret:any-abcdef")),
};

const restarts = ["restart-connector", "restart-application"];
const launch = ["launch-instance"];
const attaches = ["create-data-volume", "move-data-volume"];
const snapshots = ["delete-data-volume", "snapshot-data-volume", "daily-snapshots"];
const machines: Record<string, Power> = {
  "list instances": may(
    [
      "launch-instance",
      "create-data-volume",
      "delete-instance",
      "verify-gone",
      ...["survey-fleet", "diagnose-tenant", "start-instance", "reboot-instance", "stop-instance"],
      ...["move-data-volume", "retire-instance"],
      "image-pipeline",
      "protect-images",
    ],
    about.everything("ec2:DescribeInstances"),
  ),
  "see instances' status checks": may(
    ["survey-fleet", "diagnose-tenant", "image-pipeline"],
    about.everything("ec2:DescribeInstanceStatus"),
  ),
  "list volumes": may(
    [
      ...["launch-instance", "create-data-volume", "delete-data-volume", "verify-gone"],
      ...["snapshot-data-volume", "move-data-volume", "retire-instance", "daily-snapshots"],
    ],
    about.everything("ec2:DescribeVolumes"),
  ),
  "list snapshots": may(
    [...snapshots, "verify-gone", "image-pipeline"],
    about.everything("ec2:DescribeSnapshots"),
  ),
  "list VPCs": may(nobody, about.everything("ec2:DescribeVpcs")),
  "launch a tenant's instance by the stage's template": may(launch, about.launch("instance")),
  "launch a tenant's volume with it": may(launch, about.launch("volume")),
  "launch it with an interface without a public address": may(
    [...launch, "image-pipeline"],
    about.launch("network-interface", { publicAddress: "false" }),
  ),
  "launch it with a public address": may(
    nobody,
    about.launch("network-interface", { publicAddress: "true" }),
  ),
  "launch from an image that the template names": may(
    [...launch, "image-pipeline"],
    about.launchFromImage(about.ourTemplate),
  ),
  "launch from an image without the template": may(["image-pipeline"], about.launchFromImage()),
  "launch into the stage's subnet": may([...launch, "image-pipeline"], about.launchWith(about.ourSubnet)),
  "launch into another subnet": may(nobody, about.launchWith("subnet/subnet-0ffffffffffffffff")),
  "launch with the tenants' security group": may(launch, about.launchWith(about.ourSecurityGroup)),
  "launch with another security group": may(nobody, about.launchWith("security-group/sg-0ffffffffffffffff")),
  "launch with a key pair": may(nobody, about.launchWith("key-pair/somebody")),
  "launch by the stage's template": may(launch, about.launchWith(about.ourTemplateResource)),
  "launch by another template": may(nobody, about.launch("instance", { template: about.otherTemplate })),
  "launch without a template": may(nobody, about.launch("instance", { template: "" })),
  "launch another stage's instance": may(nobody, about.launch("instance", { stage: "staging" })),
  "launch an instance that is no tenant's": may(nobody, about.launch("instance", { slug: "" })),
  "tag what it launches": may(launch, about.tagNew("instance", "RunInstances")),
  "tag a volume that it creates": may(["create-data-volume"], about.tagNew("volume", "CreateVolume")),
  "tag a snapshot that it makes": may(snapshots, about.tagNew("snapshot", "CreateSnapshot")),
  "tag an instance that exists": may(nobody, about.tagExisting("instance")),
  "tag a volume that exists": may(nobody, about.tagExisting("volume")),
  // Which tags Data Lifecycle Manager writes in which call is not documented; it can so mark snapshots, nothing else.
  "tag a snapshot that exists": may(["daily-snapshots"], about.tagExisting("snapshot")),
  "terminate a tenant's instance": may(
    ["delete-instance", "retire-instance"],
    about.on("TerminateInstances", "instance"),
  ),
  "terminate another stage's instance": may(nobody, about.on("TerminateInstances", "instance", "staging")),
  "terminate the stage's NAT instance": may(
    nobody,
    about.on("TerminateInstances", "instance", "production", ""),
  ),
  ...Object.fromEntries(
    (["Start", "Stop", "Reboot"] as const).flatMap((change) => {
      const [verb, action] = [change.toLowerCase(), `${change}Instances`];
      return [
        [`${verb} a tenant's instance`, may([`${verb}-instance`], about.on(action, "instance"))],
        [`${verb} another stage's instance`, may(nobody, about.on(action, "instance", "staging"))],
        [`${verb} the stage's NAT instance`, may(nobody, about.on(action, "instance", "production", ""))],
      ];
    }),
  ),
  "change a tenant's instance": may(nobody, about.on("ModifyInstanceAttribute", "instance")),
  "weaken an instance's metadata service": may(nobody, about.on("ModifyInstanceMetadataOptions", "instance")),
  "give an instance another role": may(nobody, about.on("AssociateIamInstanceProfile", "instance")),
  "read an instance's console": may(nobody, about.on("GetConsoleOutput", "instance")),
  "create a tenant's volume": may(["create-data-volume"], about.create("CreateVolume", "volume")),
  "create another stage's volume": may(nobody, about.create("CreateVolume", "volume", "staging")),
  "attach a tenant's volume": may(attaches, about.on("AttachVolume", "volume")),
  "attach to a tenant's instance": may(attaches, about.on("AttachVolume", "instance")),
  "attach another stage's volume": may(nobody, about.on("AttachVolume", "volume", "staging")),
  "attach to another stage's instance": may(nobody, about.on("AttachVolume", "instance", "staging")),
  "detach a tenant's volume": may(["move-data-volume"], about.on("DetachVolume", "volume")),
  "detach from a tenant's instance": may(["move-data-volume"], about.on("DetachVolume", "instance")),
  "detach another stage's volume": may(nobody, about.on("DetachVolume", "volume", "staging")),
  "detach a volume that is no tenant's": may(nobody, about.on("DetachVolume", "volume", "production", "")),
  "delete a tenant's volume": may(["delete-data-volume"], about.on("DeleteVolume", "volume")),
  "delete another stage's volume": may(nobody, about.on("DeleteVolume", "volume", "staging")),
  "delete a volume that is no tenant's": may(nobody, about.on("DeleteVolume", "volume", "production", "")),
  "copy a tenant's volume": may(snapshots, about.on("CreateSnapshot", "volume")),
  "copy another stage's volume": may(nobody, about.on("CreateSnapshot", "volume", "staging")),
  "copy a volume that is no tenant's": may(nobody, about.on("CreateSnapshot", "volume", "production", "")),
  "make a tenant's snapshot": may(snapshots, about.create("CreateSnapshot", "snapshot")),
  // The volume, of which the case above must be allowed as well, decides whose data it is.
  "mark a new snapshot as another stage's": may(
    ["daily-snapshots"],
    about.create("CreateSnapshot", "snapshot", "staging"),
  ),
  "give a snapshot away": may(nobody, about.on("ModifySnapshotAttribute", "snapshot")),
  "delete a tenant's snapshot": may(
    ["delete-data-volume", "daily-snapshots"],
    about.on("DeleteSnapshot", "snapshot"),
  ),
  "delete another stage's snapshot": may(nobody, about.on("DeleteSnapshot", "snapshot", "staging")),
  "delete a snapshot that is no tenant's": may(
    nobody,
    about.on("DeleteSnapshot", "snapshot", "production", ""),
  ),
  "open the tenants' security group": may(
    nobody,
    about.named("ec2:AuthorizeSecurityGroupIngress", about.ourSecurityGroup, "ec2"),
  ),
  "change the launch template": may(
    nobody,
    about.named("ec2:CreateLaunchTemplateVersion", about.ourTemplateResource, "ec2"),
  ),
};

const commands: Record<string, Power> = {
  "run a command on an instance": may(nobody, about.instance("ssm:SendCommand")),
  "run a command on a tenant's instance": may(restarts, about.command()),
  "run a command on another stage's instance": may(nobody, about.command("staging")),
  "run a command on the stage's NAT instance": may(nobody, about.command("production", "")),
  "run the restart document": may(restarts, about.document("SendCommand", "warren-production-restart-unit")),
  "run another stage's restart document": may(
    nobody,
    about.document("SendCommand", "warren-staging-restart-unit"),
  ),
  "rewrite the restart document": may(
    nobody,
    about.document("UpdateDocument", "warren-production-restart-unit"),
  ),
  "see how a command ended": may(
    [...restarts, "image-pipeline"],
    about.everything("ssm:GetCommandInvocation"),
  ),
  "list commands": may(["image-pipeline"], about.everything("ssm:ListCommands")),
  "open a session on an instance": may(nobody, about.instance("ssm:StartSession")),
  "run any document": may(nobody, about.named("ssm:SendCommand", "document/AWS-RunShellScript", "ssm")),
  // The request names the instance, and AWS checks that its own credentials signed it; IAM knows nothing narrower.
  "report an instance to the agent's service": may(
    ["machine", "image-builder"],
    about.instance("ssm:UpdateInstanceInformation"),
  ),
  "report the machines' metrics": may(["machine"], about.metrics("Warren/Machines")),
  "report metrics as another system": may(nobody, about.metrics("Warren")),
  "listen for commands": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:CreateControlChannel"),
  ),
  "carry a session": may(["machine", "image-builder"], about.everything("ssmmessages:CreateDataChannel")),
  "open the channel for commands": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenControlChannel"),
  ),
  "open the channel of a session": may(
    ["machine", "image-builder"],
    about.everything("ssmmessages:OpenDataChannel"),
  ),
  "fetch messages": may(["machine", "image-builder"], about.everything("ec2messages:GetMessages")),
  "answer a message": may(["machine", "image-builder"], about.everything("ec2messages:SendReply")),
};

const watchAndStop = (what: string, name: string, roles: readonly string[]): Record<string, Power> => ({
  [`watch ${what}`]: may(roles, about.execution("DescribeExecution", name)),
  [`stop ${what}`]: may(roles, about.execution("StopExecution", name)),
});

const tasksOf: Record<string, readonly string[]> = {
  "provision-tenant": provisionTasks,
  "deprovision-tenant": deprovisionTasks,
  "health-sweep": sweepTasks,
  "repair-tenant": repairTasks,
};
const runners = (task: string): string[] =>
  Object.keys(tasksOf).filter((name) => tasksOf[name]?.includes(task));

const workflow: Record<string, Power> = {
  "start a provision": may(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "provision-tenant"),
  ),
  "start a removal": may(
    ["dispatch-change", "provision-tenant", "resume-work"],
    about.workflow("StartExecution", "deprovision-tenant"),
  ),
  "start a repair": may(
    ["dispatch-change", "resume-work"],
    about.workflow("StartExecution", "repair-tenant"),
  ),
  "start a sweep": may(["sweep-schedule"], about.workflow("StartExecution", "health-sweep")),
  ...watchAndStop("a provision", "provision-tenant", ["settle-workflows", "resume-work"]),
  ...watchAndStop("a removal", "deprovision-tenant", ["provision-tenant", "resume-work"]),
  ...watchAndStop("a repair", "repair-tenant", ["settle-workflows", "resume-work"]),
  "watch a sweep": may(["health-sweep"], about.execution("DescribeExecution", "health-sweep")),
  "stop a sweep": may(nobody, about.execution("StopExecution", "health-sweep")),
  "read an execution's history": may(nobody, about.execution("GetExecutionHistory", "provision-tenant")),
  "rewrite a workflow": may(nobody, about.workflow("UpdateStateMachine", "provision-tenant")),
  "follow a removal's events": may(["provision-tenant"], about.syncRule("events:PutRule")),
  "make other rules": may(nobody, about.named("events:PutRule", "rule/another", "events")),
  ...Object.fromEntries(allTasks.map((task) => [`run ${task}`, may(runners(task), about.lambda(task))])),
  "run the API's Lambda": may(nobody, about.lambda("api")),
  "run the dispatcher": may(nobody, about.lambda("dispatch-change")),
  "rewrite a task": may(nobody, about.lambda("create-tunnel", "UpdateFunctionCode")),
  "change a task's environment": may(nobody, about.lambda("create-tunnel", "UpdateFunctionConfiguration")),
  "put a change aside as failed": may(["dispatch-change"], about.failureQueue("SendMessage")),
  "read changes put aside": may(nobody, about.failureQueue("ReceiveMessage")),
  "drop changes put aside": may(nobody, about.failureQueue("PurgeQueue")),
  "put a sweep aside as not started": may(["sweep-schedule"], about.failureQueue("SendMessage", "sweeps")),
  "change when sweeps start": may(
    nobody,
    about.named("scheduler:UpdateSchedule", "schedule/default/warren-production-health-sweep"),
  ),
  "write to the operators": may(["repair-tenant"], about.operators("Publish")),
  "read what operators are told": may(nobody, about.operators("Subscribe")),
  "seal what operators are told": may(
    ["repair-tenant"],
    about.key("GenerateDataKey", "the operators' key", { via: "sns" }),
  ),
  "decrypt with the operators' key directly": may(nobody, about.key("Decrypt", "the operators' key")),
};

const identity: Record<string, Power> = {
  "give instances the machines' role": may(launch, about.passRole("machine", "ec2")),
  "give a Lambda the machines' role": may(nobody, about.passRole("machine", "lambda")),
  "give instances another role": may(nobody, about.passRole("verify-gone", "ec2")),
  "become the admin-token reader": may(nobody, about.role("sts:AssumeRole", "admin-token-reader")),
  "become a machine": may(nobody, about.role("sts:AssumeRole", "machine")),
  "become another task": may(nobody, about.role("sts:AssumeRole", "grant-secrets")),
  "let others into the admin-token reader": may(
    nobody,
    about.role("iam:UpdateAssumeRolePolicy", "admin-token-reader"),
  ),
  "widen a role": may(nobody, about.role("iam:PutRolePolicy", "machine")),
  "attach a policy to a role": may(nobody, about.role("iam:AttachRolePolicy", "machine")),
  "make a user": may(nobody, about.iam("iam:CreateUser", "user/mallory")),
  "make an access key": may(nobody, about.iam("iam:CreateAccessKey", "user/mallory")),
  "delete a log group": may(nobody, about.log("DeleteLogGroup", "create-tunnel")),
  "read a task's log": may(nobody, about.log("FilterLogEvents", "create-tunnel")),
  // CDK's helper empties the VPC's default security group; AWS's own policy for Lambdas lets it write to any log.
  ...Object.fromEntries(
    [...allTasks, "api", "dispatch-change"].map((task) => [
      `write into ${task}'s log`,
      may([task, "CDK's helper"], about.logStream(task)),
    ]),
  ),
  "delete the stage's stacks": may(nobody, about.named("cloudformation:DeleteStack", "stack/any/id")),
  "read a bucket": may(nobody, { action: "s3:GetObject", resource: "arn:aws:s3:::any/object" }),
};

export const powers: Record<string, Power> = {
  ...rows,
  ...secrets,
  ...machines,
  ...commands,
  ...workflow,
  ...identity,
};
