// A fleet of any size for tests: instances that run as far as EC2 can tell, with no machine behind them.
//
//   const tenants = fleetTenants("test", 10_000);
//   const ec2 = await startSeededEc2({ tenants });                    // ec2.url for AWS_ENDPOINT_URL_EC2
//   const cloudflare = await startSeededCloudflare({ names: tenants.map(tunnelName) });
//   …; await ec2.close();
//
// ec2.instanceIds[n] is the instance of tenants[n]; ec2.world is what EC2 knows, for the test to change as it likes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataDevice, instanceTagsOf } from "../../../core/machine/machine-contract.ts";
import { hostname, type TenantKey } from "../../../core/tenant/names.ts";
import { adminCredentials } from "../../../local/aws/ministack.ts";
import { startEc2 } from "../../../local/ec2/ec2.ts";
import { type Ec2Admin, ec2Admin } from "../../../local/ec2/server/admin-client.ts";
import type { Instance, Volume } from "../../../local/ec2/world/model.ts";
import { newWorld, type World } from "../../../local/ec2/world/world.ts";

const BASE_DOMAIN = "example.test";
const REGION = "eu-central-1";
const ACCOUNT_ID = "000000000000";
/** What seeded instances have, as the control plane's launch template says it. */
export const fleetAccess = {
  profileArn: `arn:aws:iam::${ACCOUNT_ID}:instance-profile/tenants`,
  securityGroupId: `sg-${"0".repeat(17)}`,
};
const NETWORK = { vpcId: `vpc-${"0".repeat(17)}`, groupId: fleetAccess.securityGroupId };
/** Nothing listens there: describing, stopping and terminating seeded instances needs no MiniStack. */
const NOWHERE = "http://127.0.0.1:9";
const ROOT_DEVICE = "/dev/xvda";
const LAUNCHED_AT = new Date("2026-11-01T10:00:00Z");

const id = (prefix: string, index: number): string => `${prefix}-${index.toString(16).padStart(17, "0")}`;

/** Tenants t00000, t00001, …, each with a generation of its own; the same every time. */
export const fleetTenants = (stage: string, count: number): TenantKey[] =>
  Array.from({ length: count }, (_, index) => ({
    stage,
    slug: `t${String(index).padStart(5, "0")}`,
    generation: `01KASMPMXW${String(index).padStart(16, "0")}`,
  }));

const runningInstance = (tenant: TenantKey, index: number): Instance => {
  const zone = index % 3;
  return {
    instanceId: id("i", index),
    reservationId: id("r", index),
    ownerId: ACCOUNT_ID,
    launchIndex: 0,
    imageId: id("ami", 0),
    instanceType: "t4g.small",
    architecture: "arm64",
    state: "running",
    transitionReason: "",
    launchTime: LAUNCHED_AT,
    subnetId: id("subnet", zone),
    vpcId: NETWORK.vpcId,
    zone: `${REGION}${"abc"[zone]}`,
    privateIp: `10.40.${Math.floor(index / 250)}.${(index % 250) + 4}`,
    networkInterfaceId: id("eni", index),
    interfaceTags: new Map(),
    profile: {
      arn: fleetAccess.profileArn,
      id: "AIPA0000000000000",
      roleName: "tenants",
      roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/tenants`,
    },
    groups: [{ id: NETWORK.groupId, name: "tenants" }],
    rootDevice: ROOT_DEVICE,
    metadata: {
      httpTokens: "required",
      httpEndpoint: "enabled",
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: "enabled",
    },
    clientToken: tenant.generation,
    shutdownBehaviour: "stop",
    disableApiTermination: false,
    monitoring: false,
    ebsOptimized: true,
    tags: new Map(Object.entries(instanceTagsOf(tenant, hostname(tenant.slug, BASE_DOMAIN)))),
  };
};

const volume = (volumeId: string, { instanceId, zone, tags }: Instance, device: string): Volume => ({
  volumeId,
  state: "in-use",
  zone,
  sizeGiB: 10,
  volumeType: "gp3",
  encrypted: true,
  createdAt: LAUNCHED_AT,
  attachment: {
    instanceId,
    device,
    deleteOnTermination: device === ROOT_DEVICE,
    attachedAt: LAUNCHED_AT,
  },
  tags: new Map(tags),
});

/** Running instances of these tenants, each with its root and its data volume. @returns them in the tenants' order */
export const seedInstances = (world: World, tenants: readonly TenantKey[]): Instance[] => {
  const first = world.instances.size;
  return tenants.map((tenant, offset) => {
    const index = first + offset;
    const instance = runningInstance(tenant, index);
    world.instances.set(instance.instanceId, instance);
    for (const [slot, device] of [ROOT_DEVICE, dataDevice].entries()) {
      const volumeId = id("vol", index * 2 + slot);
      world.volumes.set(volumeId, volume(volumeId, instance, device));
    }
    return instance;
  });
};

export interface SeededEc2 {
  /** for AWS_ENDPOINT_URL_EC2; any credentials do */
  url: string;
  region: string;
  admin: Ec2Admin;
  /** in the order of the tenants */
  instanceIds: string[];
  world: World;
  close(): Promise<void>;
}

/** @param ministackUrl needed only for calls that go on to MiniStack, and for callers with the app id of a task */
export const startSeededEc2 = async ({
  tenants,
  ministackUrl = NOWHERE,
}: {
  tenants: readonly TenantKey[];
  ministackUrl?: string;
}): Promise<SeededEc2> => {
  const directory = await mkdtemp(join(tmpdir(), "warren-fleet-"));
  const world = newWorld();
  const seeded = seedInstances(world, tenants);
  const ec2 = await startEc2({
    ministackUrl,
    world,
    region: REGION,
    credentials: adminCredentials,
    isolation: "process",
    edge: { address: "127.0.0.1:9", caFile: "/nonexistent" },
    stateDir: join(directory, "state"),
    logDir: join(directory, "logs"),
  });
  return {
    url: ec2.url,
    region: REGION,
    admin: ec2Admin(ec2.url),
    instanceIds: seeded.map(({ instanceId }) => instanceId),
    world,
    close: async () => {
      await ec2.close();
      await rm(directory, { recursive: true });
    },
  };
};
