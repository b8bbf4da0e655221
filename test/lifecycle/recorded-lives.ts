// Tenants' whole lives with every repair, and one that fails to begin, with everything recorded that was asked of the
// clouds meanwhile.
import { TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { vi } from "vitest";
import { secretParameter } from "../../core/tenant/names.ts";
import { deletionName } from "../../core/workflow/execution-names.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { api, ec2, facts, machines, output, sfn } from "../support/stage.ts";
import { create, remove, rowOf, visit, waiting, whenRowGone, whenStatus } from "../support/tenants.ts";
import { type Execution, executionsOf, scan } from "../support/traces.ts";
import { recordCalls, recordedEvents } from "./cloud-trail.ts";
import { identityOf } from "./machine-identity.ts";
import { broken, everyRepair } from "./repairs.ts";
import { sweep, whileSweeping } from "./sweeping.ts";

const whole = "whole-life";
const failing = "failed-birth";

export const recordedLives = async () => {
  await machines.clearCalls();
  await recordCalls(true);
  try {
    const accessKeyIds = await births();
    await everyRepair();
    await overlappingSweeps();
    await Promise.all([removalDuringRepair(whole), ...broken.map(removal)]);
    await failedBirth();
    return {
      ec2: await machines.calls(),
      events: await recordedEvents(),
      rungs: await rungsDone(),
      lastWords: await lastWordsKept(),
      provisions: await executionsOfThem("ProvisionWorkflowArn"),
      removals: await executionsOfThem("DeprovisionWorkflowArn"),
      repairs: await executionsOfThem("RepairWorkflowArn"),
      sweeps: await executionsOf(output("HealthSweepWorkflowArn")),
      /** by role: the keys under which requests came that no SDK of ours names a task in */
      accessKeyIds,
    };
  } finally {
    await recordCalls(false);
    await machines.clearFaults();
  }
};

export type RecordedLives = Awaited<ReturnType<typeof recordedLives>>;

const births = async (): Promise<Record<string, string>> => {
  await api("POST", "/tenants", { slug: whole }, { "idempotency-key": "whole-life-1" });
  await Promise.all(broken.map(create));
  await api("GET", "/tenants");
  const [{ hostname }] = await Promise.all([whole, ...broken].map((slug) => whenStatus(slug, "ready")));
  const { instanceId, generation } = JSON.parse((await visit(hostname, "/identity")).body);
  const machine = await identityOf(instanceId);
  const operator = await readAdminToken(
    secretParameter({ stage: "local", slug: whole, generation }, "admin-token"),
  );
  return { machine: machine.accessKeyId, "admin-token-reader": operator };
};

/** The one that comes second finds out whether the first still runs. */
const overlappingSweeps = () => Promise.all([sweep(), sweep()]);

const removal = async (slug: string): Promise<void> => {
  await api("GET", `/tenants/${slug}/events`);
  await remove(slug);
  await whenRowGone(slug);
};

const removalDuringRepair = async (slug: string): Promise<void> => {
  const { resources } = await rowOf(slug);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [resources.instanceId ?? ""] }));
  await whileSweeping(async () => {
    await whenStatus(slug, "repairing");
    await removal(slug);
  });
};

/** A launch that is refused for good: the provision cleans up after itself. The removal of its row needs a second try. */
const failedBirth = async (): Promise<void> => {
  await machines.addFault({ action: "RunInstances", code: "InvalidParameterValue", status: 400 });
  await create(failing);
  await whenStatus(failing, "failed");
  const row = await rowOf(failing);
  await remove(failing);
  await cutOff("DeprovisionWorkflowArn", deletionName(row, 1));
  await whileSweeping(() => whenRowGone(failing));
};

/** Stops the execution as soon as it is there. */
const cutOff = async (workflow: string, name: string): Promise<void> => {
  const executionArn = `${output(workflow).replace(":stateMachine:", ":execution:")}:${name}`;
  const stop = () => sfn.send(new StopExecutionCommand({ executionArn }));
  await vi.waitFor(stop, { ...waiting, interval: 20 });
};

/** By the audit, which outlives the tenants. */
const rungsDone = async (): Promise<Set<unknown>> => {
  const entries = await scan(output("AuditTableName"));
  const done = entries.filter(({ slug, outcome }) => broken.includes(String(slug)) && outcome === "done");
  return new Set(done.map(({ rung }) => rung));
};

const lastWordsKept = async () =>
  (await scan(output("AuditTableName"))).filter(({ reason }) => reason === "last-words");

/** As an operator does. @returns the access key id of the session */
const readAdminToken = async (Name: string): Promise<string> => {
  const access = adminAccess(facts.awsUrl, facts.region);
  const session = { RoleArn: output("AdminTokenReaderRoleArn"), RoleSessionName: "an-operator" };
  const { Credentials } = await new STSClient(access).send(new AssumeRoleCommand(session));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const { Parameter } = await new SSMClient({ ...access, credentials }).send(
    new GetParameterCommand({ Name, WithDecryption: true }),
  );
  if (!Parameter?.Value) throw new Error(`the admin-token reader does not read ${Name}`);
  return AccessKeyId;
};

const executionsOfThem = async (workflow: string): Promise<Execution[]> =>
  (await executionsOf(output(workflow))).filter(({ name }) =>
    [whole, failing, ...broken].some((slug) => name.startsWith(slug)),
  );
