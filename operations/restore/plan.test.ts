import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TenantStatus } from "../../core/tenant/status.ts";
import { willing } from "../../test/support/test-operator.ts";
import {
  hastyClock,
  startTestRestore,
  type TestRestore,
  type TestTenant,
  wish,
} from "../../test/support/test-restore.ts";
import { RestoreError } from "./plan.ts";
import { type RestoreDeps, restore, restoreDeps } from "./restore.ts";

let cloud: TestRestore;
beforeAll(async () => {
  cloud = await startTestRestore();
});
afterAll(() => cloud.close());

const deps = (): RestoreDeps => ({
  ...restoreDeps(
    cloud,
    willing(() => {}),
  ),
  clock: hastyClock(),
});

const setStatus = async (tenant: TestTenant, status: TenantStatus): Promise<void> => {
  const row = await cloud.rowOf(tenant);
  if (row) await cloud.put({ ...row, status });
};

/** What makes a wish impossible, and what is said then. */
const refusals: [string, (tenant: TestTenant) => unknown, RegExp][] = [
  [
    "a tenant that does not exist",
    async ({ key, snapshotId }) => {
      cloud.world.snapshots.get(snapshotId)?.tags.set("warren:slug", `${key.slug}-gone`);
      Object.assign(key, { slug: `${key.slug}-gone` });
    },
    /^Not restored: there is no tenant t-.* on staging\. Create it/,
  ],
  [
    "a tenant that is being made",
    (tenant) => setStatus(tenant, "provisioning"),
    /^Not restored: t-.* is provisioning, and must be ready or degraded\. Wait until that has ended/,
  ],
  [
    "a tenant under repair",
    (tenant) => setStatus(tenant, "repairing"),
    /^Not restored: t-.* is repairing, and must be ready or degraded\. Wait until that has ended/,
  ],
  [
    "a tenant that was never made",
    (tenant) => setStatus(tenant, "failed"),
    /^Not restored: t-.* is failed, and must be ready or degraded\. Remove it, create it again/,
  ],
  [
    "a tenant that is being removed",
    (tenant) => setStatus(tenant, "deleting"),
    /^Not restored: t-.* is deleting, and must be ready or degraded\. Remove it, create it again/,
  ],
  [
    "an unknown snapshot",
    (tenant) => Object.assign(tenant, { snapshotId: "snap-0123456789abcdef0" }),
    /^Not restored: there is no snapshot snap-0123456789abcdef0 in this account and region\. To see .*: npm run restore -- staging t-/,
  ],
  [
    "a snapshot of another tenant",
    ({ snapshotId }) => cloud.world.snapshots.get(snapshotId)?.tags.set("warren:slug", "other"),
    /^Not restored: snap-.* is of other on staging, not of t-.* on staging/,
  ],
  [
    "a snapshot of another stage",
    ({ snapshotId }) => cloud.world.snapshots.get(snapshotId)?.tags.set("warren:stage", "production"),
    /^Not restored: snap-.* is of t-.* on production, not of t-.* on staging/,
  ],
  [
    "a snapshot without our tags",
    ({ snapshotId }) => cloud.world.snapshots.get(snapshotId)?.tags.clear(),
    /^Not restored: snap-.* is of nobody that its tags name/,
  ],
  [
    "a snapshot that is not completed",
    ({ snapshotId }) => Object.assign(cloud.world.snapshots.get(snapshotId) ?? {}, { state: "pending" }),
    /^Not restored: snap-.* is pending \(0%\)\. Wait until it is completed\./,
  ],
  [
    "two volumes of data",
    ({ key }) => cloud.newTenant(key),
    /^Not restored: vol-.*, vol-.* are all tagged warren:volume=data, and only one may be\./,
  ],
];

describe("a restore that cannot be", () => {
  it.each(refusals)("refuses %s, and changes nothing", async (_, spoil, message) => {
    const tenant = await cloud.newTenant();
    await spoil(tenant);
    const before = cloud.roles(tenant.key);

    const restoring = restore(wish(tenant), deps());

    await expect(restoring).rejects.toBeInstanceOf(RestoreError);
    await expect(restoring).rejects.toThrow(message);
    expect(cloud.roles(tenant.key)).toEqual(before);
    expect(cloud.world.instances.get(tenant.instanceId)?.state).toBe("running");
  });

  it("stops before it changes anything when a repair begins while the volume is filled", async () => {
    const tenant = await cloud.newTenant();
    const meanwhile = deps();
    const { create } = meanwhile.volumes;
    meanwhile.volumes.create = async (volume) => {
      const row = await cloud.rowOf(tenant);
      if (row) await meanwhile.repairs.begin(row, "no connector is connected");
      return create(volume);
    };

    const restoring = restore(wish(tenant), meanwhile);

    await expect(restoring).rejects.toThrow(/is repairing, and must be ready or degraded/);
    expect(Object.values(cloud.roles(tenant.key)).toSorted()).toEqual(["data", "restoring"]);
  });

  it("stops when somebody else replaced the data while the volume was filled", async () => {
    const tenant = await cloud.newTenant();
    const meanwhile = deps();
    const { create } = meanwhile.volumes;
    meanwhile.volumes.create = async (volume) => {
      await meanwhile.volumes.setRole(tenant.volumeId, "replaced");
      return create(volume);
    };

    await expect(restore(wish(tenant), meanwhile)).rejects.toThrow(
      /^Not restored: meanwhile somebody else gave t-.* other data \(none\)/,
    );
  });

  it("says so when EC2 cannot fill the volume", async () => {
    const tenant = await cloud.newTenant();
    const failing = deps();
    const { find } = failing.volumes;
    failing.volumes.find = async (of) =>
      (await find(of)).map((volume) =>
        volume.role === "restoring" ? { ...volume, state: "error" } : volume,
      );

    await expect(restore(wish(tenant), failing)).rejects.toThrow(/^Not restored: EC2 could not fill vol-/);
  });
});
