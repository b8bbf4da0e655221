// The command behind `npm run restore`: what it connects to, and what it tells the operator. Its work is in restore.ts.
import { parseArgs } from "node:util";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { clientOptions } from "../../core/aws/aws-client.ts";
import { OperatorError } from "../../core/operator-error.ts";
import type { Config } from "../../lib/config/config.ts";
import { configDirectory, loadConfig } from "../../lib/config/load-config.ts";
import { linesOf, listSnapshots } from "./list.ts";
import { type RestoreDeps, type Restored, restore, restoreDeps } from "./restore.ts";

const usage =
  "Say whose data, and from which snapshot: npm run restore -- <stage> <slug> <snapshot id> [--no-wait] [--again]; " +
  "without a snapshot, the tenant's are listed.";

/** @throws OperatorError that says why nothing was restored, or what is left to do */
export async function restoreCommand(
  args: string[],
  say: (line: string) => void,
  directory = configDirectory,
): Promise<void> {
  const { stage, slug, snapshotId, ...flags } = readArguments(args);
  const config = loadConfig(stage, directory);
  const deps = await connect(config, say);
  if (!snapshotId) {
    for (const line of linesOf(await listSnapshots({ stage, slug }, deps))) say(line);
    return;
  }
  const sizeGib = config.machine.dataVolume.sizeGiB;
  const restored = await restore({ stage, slug, snapshotId, sizeGib, ...flags }, deps);
  for (const line of summary({ stage, slug, snapshotId }, restored)) say(line);
}

function readArguments(args: string[]) {
  const { positionals, values } = parse(args);
  const [stage, slug, snapshotId, ...more] = positionals;
  if (!stage || !slug || more.length > 0) throw new OperatorError(usage);
  return { stage, slug, snapshotId, again: values.again, wait: !values["no-wait"] };
}

function parse(args: string[]) {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({ args, options: { "no-wait": flag, again: flag }, allowPositionals: true });
  } catch (cause) {
    throw new OperatorError(`${(cause as Error).message}\n${usage}`, { cause });
  }
}

async function connect(config: Config, say: (line: string) => void): Promise<RestoreDeps> {
  const options = { ...clientOptions, region: config.region };
  await checkAccount(config, new STSClient(options));
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(options), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const tenantsTable = await tenantsTableOf(config, new CloudFormationClient(options));
  return restoreDeps(
    { ec2: new EC2Client(options), documents, tenantsTable },
    { say, confirm: async () => true },
  );
}

async function checkAccount({ stage, account }: Config, sts: STSClient): Promise<void> {
  await sts.config.credentials().catch((cause) => {
    throw new OperatorError(`No AWS credentials were found (${cause.message}): log in, or set AWS_PROFILE.`);
  });
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  if (account && account !== Account)
    throw new OperatorError(
      `These are credentials of ${Account}, but ${stage} is in ${account}. Log in there.`,
    );
}

async function tenantsTableOf({ stage, region }: Config, client: CloudFormationClient): Promise<string> {
  const StackName = `Warren-${stage}-Data`;
  const { Stacks: [stack] = [] } = await client
    .send(new DescribeStacksCommand({ StackName }))
    .catch((cause) => {
      if (cause.name !== "ValidationError") throw cause;
      throw new OperatorError(`There is no stack ${StackName} in ${region}: npm run deploy -- ${stage}`, {
        cause,
      });
    });
  const output = stack?.Outputs?.find(({ OutputKey }) => OutputKey === "TenantsTableName");
  if (output?.OutputValue) return output.OutputValue;
  throw new OperatorError(`${StackName} has no output TenantsTableName: npm run deploy -- ${stage}`);
}

interface Named {
  stage: string;
  slug: string;
  snapshotId: string;
}

function summary({ stage, slug, snapshotId }: Named, restored: Restored): string[] {
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
}
