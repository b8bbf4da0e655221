// A tenant's whole life, and one that fails to begin, with everything recorded that was asked of the clouds meanwhile.

import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { secretParameter } from "../../lambdas/common/names.ts";
import { adminAccess } from "../../local/stage/admin-access.ts";
import { recordCalls, recordedEvents } from "./cloud-trail.ts";
import { identityOf } from "./machine-identity.ts";
import { api, facts, machines, output } from "./stage.ts";
import { create, remove, visit, whenRowGone, whenStatus } from "./tenants.ts";
import { type Execution, executionsOf } from "./traces.ts";

const whole = "whole-life";
const failing = "failed-birth";

export async function recordedLives() {
  await machines.clearCalls();
  await recordCalls(true);
  try {
    const accessKeyIds = await wholeLife();
    await failedBirth();
    return {
      ec2: await machines.calls(),
      events: await recordedEvents(),
      provisions: await executionsOfThem("ProvisionWorkflowArn"),
      removals: await executionsOfThem("DeprovisionWorkflowArn"),
      /** by role: the keys under which requests came that no SDK of ours names a task in */
      accessKeyIds,
    };
  } finally {
    await recordCalls(false);
    await machines.clearFaults();
  }
}

export type RecordedLives = Awaited<ReturnType<typeof recordedLives>>;

async function wholeLife(): Promise<Record<string, string>> {
  await api("POST", "/tenants", { slug: whole }, { "idempotency-key": "whole-life-1" });
  await api("GET", "/tenants");
  const { hostname } = await whenStatus(whole, "ready");
  const { instanceId, generation } = JSON.parse((await visit(hostname, "/identity")).body);
  const machine = await identityOf(instanceId);
  const operator = await readAdminToken(
    secretParameter({ stage: "local", slug: whole, generation }, "admin-token"),
  );
  await remove(whole);
  await whenRowGone(whole);
  return { machine: machine.accessKeyId, "admin-token-reader": operator };
}

/** A launch that is refused for good: the provision cleans up after itself. */
async function failedBirth(): Promise<void> {
  await machines.addFault({ action: "RunInstances", code: "InvalidParameterValue", status: 400 });
  await create(failing);
  await whenStatus(failing, "failed");
  await remove(failing);
  await whenRowGone(failing);
}

/** As an operator does. @returns the access key id of the session */
async function readAdminToken(Name: string): Promise<string> {
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
}

const executionsOfThem = async (workflow: string): Promise<Execution[]> =>
  (await executionsOf(output(workflow))).filter(
    ({ name }) => name.startsWith(whole) || name.startsWith(failing),
  );
