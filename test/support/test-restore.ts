// Tenants with data on a local AWS, for tests of restoring it: machines as far as EC2 can tell, volumes with a file in
// them, and in the place of the workflow that replaces a machine something that does only that.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { CreateSnapshotCommand } from "@aws-sdk/client-ec2";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { ulid } from "ulid";
import { tagged } from "../../core/aws/ec2.ts";
import { volumes } from "../../core/aws/volumes.ts";
import type { Clock } from "../../core/clock.ts";
import { dataDevice } from "../../core/machine/machine-contract.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { documentClient, tenantStore } from "../../core/tenant/tenant-store.ts";
import { newWorld, volumesOf, type World } from "../../local/ec2/world/world.ts";
import type { RestoreOptions } from "../../operations/restore/restore.ts";
import { startTestEc2 } from "./ec2/test-ec2.ts";
import { seedInstances } from "./ec2/test-fleet.ts";
import { sampleRow } from "./sample.ts";
import type { TestAccount } from "./test-account.ts";

const stage = "staging";

/** The stack with the tenants' table, as far as the command needs it. */
const dataStack = {
  Resources: {
    Tenants: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "slug", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "slug", KeyType: "HASH" }],
      },
    },
  },
  Outputs: { TenantsTableName: { Value: { Ref: "Tenants" } } },
};

const makeTable = async (access: TestAccount["client"]): Promise<string> => {
  const client = new CloudFormationClient(access);
  const StackName = `Warren-${stage}-Data`;
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(dataStack) }));
  const { reason } = await waitUntilStackCreateComplete(
    { client, maxWaitTime: 20, minDelay: 0.1, maxDelay: 0.2 },
    { StackName },
  );
  return reason.Stacks[0].Outputs[0].OutputValue;
};

/** A machine that runs, and its volume on the data device. */
const launch = (world: World, key: TenantKey) => {
  const [machine] = seedInstances(world, [key]);
  if (!machine) throw new Error("nothing was seeded");
  const disk = volumesOf(world, machine.instanceId).find(
    ({ attachment }) => attachment?.device === dataDevice,
  );
  if (!disk) throw new Error("the seeded machine has no data volume");
  return { machine, disk };
};

export interface TestTenant {
  key: TenantKey;
  instanceId: string;
  /** its data, a file that says `spoiled` */
  volumeId: string;
  /** of its data from before: the file says `as it was` */
  snapshotId: string;
}

/** In the tests of the work itself nobody waits for a new machine: no workflow launches one. */
export const wish = ({ key, snapshotId }: TestTenant): RestoreOptions => ({
  stage: key.stage,
  slug: key.slug,
  snapshotId,
  firstAnswerMinutes: 5,
  sizeGib: 20,
  wait: false,
});

/** A minute of pauses takes half a second. */
export const hastyClock = (): Clock => {
  let now = Date.now();
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, milliseconds / 120));
    },
  };
};

export const startTestRestore = async () => {
  const world = newWorld();
  const cloud = await startTestEc2({ world });
  const { client: ec2, directory, aws } = cloud;
  const tenantsTable = await makeTable(aws.client);
  const documents = documentClient(aws.client);
  const file = (volumeId: string) => join(directory, "state/volumes", volumeId, "file");
  const put = (row: Tenant) => documents.send(new PutCommand({ TableName: tenantsTable, Item: row }));

  const snapshot = async (of: TenantKey, VolumeId: string, occasion: string): Promise<string> => {
    const tags = { [tagKeys.snapshot]: occasion };
    const TagSpecifications = [tagged("snapshot", of, tags)];
    const { SnapshotId = "" } = await ec2.send(new CreateSnapshotCommand({ VolumeId, TagSpecifications }));
    return SnapshotId;
  };

  const newTenant = async (changes: Partial<Tenant> = {}): Promise<TestTenant> => {
    const { slug, generation } = { slug: `t-${ulid().toLowerCase()}`, generation: ulid(), ...changes };
    const key = { stage, slug, generation };
    const { machine, disk } = launch(world, key);
    const { instanceId, zone } = machine;
    const { volumeId } = disk;
    disk.tags.set(tagKeys.volume, "data");
    await mkdir(join(directory, "state/volumes", volumeId), { recursive: true });
    await writeFile(file(volumeId), "as it was");
    const snapshotId = await snapshot(key, volumeId, "daily");
    await writeFile(file(volumeId), "spoiled");
    const resources = { instanceId, availabilityZone: zone, volumeId };
    await put(sampleRow({ slug, generation, status: "ready", resources, ...changes }));
    return { key, instanceId, volumeId, snapshotId };
  };

  /** What the workflow does whose start the row's change to `repairing` is: it launches a machine with the data. */
  const replaceMachine = async (key: TenantKey, row: Tenant): Promise<string> => {
    const { machine, disk } = launch(world, key);
    world.volumes.delete(disk.volumeId);
    const data = (await volumes(ec2).find(key)).find(({ role }) => role === "data");
    if (!data) throw new Error(`${key.slug} has no data volume`);
    machine.zone = data.zone;
    await volumes(ec2).attach(data.id, machine.instanceId);
    const resources = { instanceId: machine.instanceId, availabilityZone: data.zone, volumeId: data.id };
    await put({ ...row, status: "ready", resources });
    return machine.instanceId;
  };

  /** Roles by the ids of the volumes that have one. */
  const roles = ({ generation }: TenantKey): Record<string, string> =>
    Object.fromEntries(
      [...world.volumes.values()]
        .filter(({ tags }) => tags.get(tagKeys.generation) === generation)
        .flatMap(({ volumeId, tags }) => [[volumeId, tags.get(tagKeys.volume)]].filter(([, role]) => role)),
    );

  return {
    world,
    ec2,
    documents,
    tenantsTable,
    newTenant,
    replaceMachine,
    snapshot,
    roles,
    put,
    endpoints: { aws: aws.url, ec2: cloud.ec2.url },
    account: aws.account,
    credentials: aws.client.credentials,
    rowOf: ({ key }: TestTenant) => tenantStore(tenantsTable, { client: documents }).get(key.slug),
    read: (volumeId: string): Promise<string> => readFile(file(volumeId), "utf8"),
    close: cloud.close,
  };
};
export type TestRestore = Awaited<ReturnType<typeof startTestRestore>>;
