// Every power that any role of the stage has, and many that none may have: after each, the roles that have it. All
// other roles are cases that must be denied it. How a request looks is in requests.ts.
import { deprovisionTasks, provisionTasks } from "../task-names.ts";
import * as about from "./requests.ts";
import type { Request } from "./simulator.ts";

export interface Power extends Request {
  roles: readonly string[];
}

const tasks = [...provisionTasks, ...deprovisionTasks];
const workflows = ["provision-tenant", "deprovision-tenant"];
const callsCloudflare = [
  "create-tunnel",
  "create-dns-record",
  "delete-dns-record",
  "delete-tunnel",
  "verify-gone",
];
const nobody: string[] = [];

const may = (roles: readonly string[], request: Request): Power => ({ ...request, roles });

const rows: Record<string, Power> = {
  "read a tenant's row": may(["probe-tenant", "verify-gone", "api"], about.table("GetItem", "tenants")),
  "write into a tenant's row": may([...tasks, ...workflows, "api"], about.table("UpdateItem", "tenants")),
  "create a tenant's row": may(["api"], about.table("PutItem", "tenants")),
  "list all rows": may(["api"], about.table("Scan", "tenants")),
  "query rows": may(nobody, about.table("Query", "tenants")),
  "delete a tenant's row": may(["deprovision-tenant"], about.table("DeleteItem", "tenants")),
  "write rows in batches": may(nobody, about.table("BatchWriteItem", "tenants")),
  "delete the tenants table": may(nobody, about.table("DeleteTable", "tenants")),
  "switch off the tenants table's stream": may(nobody, about.table("UpdateTable", "tenants")),
  "read the tenants table's stream": may(["dispatch-change"], about.table("GetRecords", "stream")),
  "look at an idempotency key": may(["api"], about.table("GetItem", "idempotency")),
  "store an idempotency key": may(["api"], about.table("PutItem", "idempotency")),
  "forget an idempotency key": may(nobody, about.table("DeleteItem", "idempotency")),
  "append to the audit": may(["verify-gone"], about.table("PutItem", "audit")),
  "change an audit entry": may(nobody, about.table("UpdateItem", "audit")),
  "change an audit entry in PartiQL": may(nobody, about.table("PartiQLUpdate", "audit")),
  "remove an audit entry": may(nobody, about.table("DeleteItem", "audit")),
  "remove an audit entry in PartiQL": may(nobody, about.table("PartiQLDelete", "audit")),
  "write audit entries in batches": may(nobody, about.table("BatchWriteItem", "audit")),
  "read the audit": may(nobody, about.table("Scan", "audit")),
  "delete the audit table": may(nobody, about.table("DeleteTable", "audit")),
  "open the audit table's policy": may(nobody, about.table("PutResourcePolicy", "audit")),
  "decrypt rows through DynamoDB": may(
    [...tasks, ...workflows, "api", "dispatch-change"],
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

const launch = ["launch-instance"];
const machines: Record<string, Power> = {
  "list instances": may(
    [
      "launch-instance",
      "create-data-volume",
      "delete-instance",
      "verify-gone",
      "image-pipeline",
      "protect-images",
    ],
    about.everything("ec2:DescribeInstances"),
  ),
  "list volumes": may(
    ["launch-instance", "create-data-volume", "delete-data-volume", "verify-gone"],
    about.everything("ec2:DescribeVolumes"),
  ),
  "list snapshots": may(["delete-data-volume", "image-pipeline"], about.everything("ec2:DescribeSnapshots")),
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
  "tag a snapshot that it makes": may(["delete-data-volume"], about.tagNew("snapshot", "CreateSnapshot")),
  "tag an instance that exists": may(nobody, about.tagExisting("instance")),
  "tag a volume that exists": may(nobody, about.tagExisting("volume")),
  "terminate a tenant's instance": may(["delete-instance"], about.on("TerminateInstances", "instance")),
  "terminate another stage's instance": may(nobody, about.on("TerminateInstances", "instance", "staging")),
  "terminate the stage's NAT instance": may(
    nobody,
    about.on("TerminateInstances", "instance", "production", ""),
  ),
  "stop a tenant's instance": may(nobody, about.on("StopInstances", "instance")),
  "reboot a tenant's instance": may(nobody, about.on("RebootInstances", "instance")),
  "change a tenant's instance": may(nobody, about.on("ModifyInstanceAttribute", "instance")),
  "weaken an instance's metadata service": may(nobody, about.on("ModifyInstanceMetadataOptions", "instance")),
  "give an instance another role": may(nobody, about.on("AssociateIamInstanceProfile", "instance")),
  "read an instance's console": may(nobody, about.on("GetConsoleOutput", "instance")),
  "create a tenant's volume": may(["create-data-volume"], about.create("CreateVolume", "volume")),
  "create another stage's volume": may(nobody, about.create("CreateVolume", "volume", "staging")),
  "attach a tenant's volume": may(["create-data-volume"], about.on("AttachVolume", "volume")),
  "attach to a tenant's instance": may(["create-data-volume"], about.on("AttachVolume", "instance")),
  "attach another stage's volume": may(nobody, about.on("AttachVolume", "volume", "staging")),
  "detach a tenant's volume": may(nobody, about.on("DetachVolume", "volume")),
  "delete a tenant's volume": may(["delete-data-volume"], about.on("DeleteVolume", "volume")),
  "delete another stage's volume": may(nobody, about.on("DeleteVolume", "volume", "staging")),
  "delete a volume that is no tenant's": may(nobody, about.on("DeleteVolume", "volume", "production", "")),
  "copy a tenant's volume": may(["delete-data-volume"], about.on("CreateSnapshot", "volume")),
  "copy another stage's volume": may(nobody, about.on("CreateSnapshot", "volume", "staging")),
  "make a tenant's snapshot": may(["delete-data-volume"], about.create("CreateSnapshot", "snapshot")),
  "give a snapshot away": may(nobody, about.on("ModifySnapshotAttribute", "snapshot")),
  "delete a snapshot": may(nobody, about.on("DeleteSnapshot", "snapshot")),
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

const workflow: Record<string, Power> = {
  "start a provision": may(["dispatch-change"], about.workflow("StartExecution", "provision-tenant")),
  "start a removal": may(
    ["dispatch-change", "provision-tenant"],
    about.workflow("StartExecution", "deprovision-tenant"),
  ),
  "watch a provision": may(["settle-provision"], about.execution("DescribeExecution", "provision-tenant")),
  "stop a provision": may(["settle-provision"], about.execution("StopExecution", "provision-tenant")),
  "watch a removal": may(["provision-tenant"], about.execution("DescribeExecution", "deprovision-tenant")),
  "stop a removal": may(["provision-tenant"], about.execution("StopExecution", "deprovision-tenant")),
  "read an execution's history": may(nobody, about.execution("GetExecutionHistory", "provision-tenant")),
  "rewrite a workflow": may(nobody, about.workflow("UpdateStateMachine", "provision-tenant")),
  "follow a removal's events": may(["provision-tenant"], about.syncRule("events:PutRule")),
  "make other rules": may(nobody, about.named("events:PutRule", "rule/another", "events")),
  ...Object.fromEntries([
    ...provisionTasks.map((task) => [`run ${task}`, may(["provision-tenant"], about.lambda(task))]),
    ...deprovisionTasks.map((task) => [`run ${task}`, may(["deprovision-tenant"], about.lambda(task))]),
  ]),
  "run the API's Lambda": may(nobody, about.lambda("api")),
  "run the dispatcher": may(nobody, about.lambda("dispatch-change")),
  "rewrite a task": may(nobody, about.lambda("create-tunnel", "UpdateFunctionCode")),
  "change a task's environment": may(nobody, about.lambda("create-tunnel", "UpdateFunctionConfiguration")),
  "put a change aside as failed": may(["dispatch-change"], about.failureQueue("SendMessage")),
  "read changes put aside": may(nobody, about.failureQueue("ReceiveMessage")),
  "drop changes put aside": may(nobody, about.failureQueue("PurgeQueue")),
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
    [...tasks, "api", "dispatch-change"].map((task) => [
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
