// What `warren restore` connects to, and what it tells the operator; its work is in restore.ts.

import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { EC2Client } from "@aws-sdk/client-ec2";
import { STSClient } from "@aws-sdk/client-sts";
import { clientOptions } from "../../core/aws-sdk/aws-client.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { stackName } from "../../core/stage-names.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";
import type { Config } from "../../lib/config/config.ts";
import { configDirectory, loadConfig } from "../../lib/config/load-config.ts";
import { signedIn } from "../credentials.ts";
import type { Operator } from "../operator.ts";
import { stackOutputs } from "../stack-outputs.ts";
import { linesOf, listSnapshots, type SnapshotList } from "./list.ts";
import { type RestoreDeps, type Restored, restore, restoreDeps } from "./restore.ts";
import type { TenantName } from "./snapshots.ts";

export interface RestoreRequest extends TenantName {
  snapshotId: string;
  wait: boolean;
  again: boolean;
}

/** @throws OperatorError */
export const runList = async (
  tenant: TenantName,
  { say }: Pick<Operator, "say">,
  directory = configDirectory,
): Promise<SnapshotList> => {
  const deps = await connect(loadConfig(tenant.stage, directory), { say, confirm: async () => false });
  const list = await listSnapshots(tenant, deps);
  for (const line of linesOf(list)) say(line);
  return list;
};

/** @throws OperatorError that says why nothing was restored, or what is left to do */
export const runRestore = async (
  request: RestoreRequest,
  operator: Operator,
  directory = configDirectory,
): Promise<Restored> => {
  const config = loadConfig(request.stage, directory);
  const deps = await connect(config, operator);
  const { dataVolume, firstAnswerMinutes } = config.machine;
  const restored = await restore({ ...request, sizeGib: dataVolume.sizeGiB, firstAnswerMinutes }, deps);
  for (const line of summary(request, restored)) operator.say(line);
  return restored;
};

const connect = async (config: Config, operator: Operator): Promise<RestoreDeps> => {
  const options = { ...clientOptions, region: config.region };
  await checkAccount(config, new STSClient(options));
  const documents = documentClient(options);
  const tenantsTable = await tenantsTableOf(config, new CloudFormationClient(options));
  return restoreDeps({ ec2: new EC2Client(options), documents, tenantsTable }, operator);
};

const checkAccount = async ({ stage, account }: Config, sts: STSClient): Promise<void> => {
  const { account: found } = await signedIn(sts);
  if (account && account !== found)
    throw new OperatorError(
      `These are credentials of ${found}, but ${stage} is in ${account}. Log in there.`,
    );
};

const tenantsTableOf = async ({ stage, region }: Config, client: CloudFormationClient): Promise<string> => {
  const StackName = stackName(stage, "Data");
  const outputs = await stackOutputs(client, StackName);
  if (!outputs)
    throw new OperatorError(`There is no stack ${StackName} in ${region}: npm run deploy -- ${stage}`);
  if (outputs.TenantsTableName) return outputs.TenantsTableName;
  throw new OperatorError(`${StackName} has no output TenantsTableName: npm run deploy -- ${stage}`);
};

const summary = ({ stage, slug, snapshotId }: RestoreRequest, restored: Restored): string[] => {
  const { volumeId, previousId, instanceId, already } = restored;
  const command = `npm run restore -- ${stage} ${slug} ${snapshotId}`;
  if (already)
    return [
      `Nothing to do: ${volumeId}, which ${instanceId} uses, was restored from it before.`,
      `To restore it once more, and put aside what was written since: ${command} --again`,
    ];
  const outcome = instanceId
    ? `Restored: ${slug} is ready on ${instanceId}, with ${volumeId}.`
    : `${slug} gets a new machine, with ${volumeId}. To wait for it: ${command}`;
  if (!previousId) return [outcome, "There was no data to put aside."];
  return [
    outcome,
    `The data from before is on ${previousId}, which is kept.`,
    "To go back to it: docs/runbook.md, section Restore a tenant's data.",
    `To delete it for good: aws ec2 delete-volume --volume-id ${previousId}`,
  ];
};
