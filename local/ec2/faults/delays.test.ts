import {
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { untilState } from "../../../test/support/ec2/test-ec2.ts";
import { fleetTenants, type SeededEc2, startSeededEc2 } from "../../../test/support/ec2/test-fleet.ts";
import { newTestAccount } from "../../../test/support/test-account.ts";

let ec2: SeededEc2;
let client: EC2Client;
beforeAll(async () => {
  const ministackUrl = newTestAccount().client.endpoint;
  ec2 = await startSeededEc2({ tenants: fleetTenants("test", 2), ministackUrl });
  client = new EC2Client({
    endpoint: ec2.url,
    region: ec2.region,
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
  });
});
afterAll(() => ec2.close());

const stateOf = async (id: string) => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0]?.State?.Name;
};

test("an instance whose shutdown takes long is in shutting-down until then, and others are not", async () => {
  const [slow = "", other = ""] = ec2.instanceIds;
  await ec2.admin.delay({ what: "shutdown", id: slow, seconds: 600 });

  await client.send(new TerminateInstancesCommand({ InstanceIds: [slow, other] }));
  await untilState(client, other, "terminated");

  expect(await stateOf(slow)).toBe("shutting-down");
  await ec2.admin.clearDelays();
  await untilState(client, slow, "terminated");
});

test("a snapshot that takes long is pending until then", async () => {
  const create = new CreateVolumeCommand({ AvailabilityZone: `${ec2.region}a`, Size: 1 });
  const { VolumeId: id = "" } = await client.send(create);
  await ec2.admin.delay({ what: "snapshot", id, seconds: 600 });

  const { SnapshotId = "" } = await client.send(new CreateSnapshotCommand({ VolumeId: id }));
  const state = async () =>
    (await client.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }))).Snapshots?.[0]?.State;

  expect(await state()).toBe("pending");
  await ec2.admin.clearDelays();
  await expect.poll(state).toBe("completed");
});
