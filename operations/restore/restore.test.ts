import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataVolumeOf, volumes } from "../../core/aws/volumes.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { incarnation } from "../../test/support/sample.ts";
import { willing } from "../../test/support/test-operator.ts";
import {
  hastyClock,
  startTestRestore,
  type TestRestore,
  type TestTenant,
  wish,
} from "../../test/support/test-restore.ts";
import { type RestoreDeps, restore, restoreDeps } from "./restore.ts";

let cloud: TestRestore;
let said: string[];
beforeAll(async () => {
  cloud = await startTestRestore();
});
afterAll(() => cloud.close());

const deps = (): RestoreDeps => {
  said = [];
  return {
    ...restoreDeps(
      cloud,
      willing((line) => said.push(line)),
    ),
    clock: hastyClock(),
  };
};

/** Ends with the volume made, and not in place; answers its id. */
const startAndDie = async (tenant: TestTenant): Promise<string | undefined> => {
  const dying = deps();
  dying.volumes.setRole = () => Promise.reject(new Error("killed"));
  await expect(restore(wish(tenant), dying)).rejects.toThrow("killed");
  return Object.keys(cloud.roles(tenant.key)).find((id) => id !== tenant.volumeId);
};

describe("restore", () => {
  it("puts what the snapshot holds in the place of the data, which it keeps, and orders a new machine", async () => {
    const tenant = await cloud.newTenant();

    const { volumeId, previousId } = await restore(wish(tenant), deps());

    expect(previousId).toBe(tenant.volumeId);
    expect(cloud.roles(tenant.key)).toEqual({ [tenant.volumeId]: "replaced", [volumeId]: "data" });
    expect([await cloud.read(volumeId), await cloud.read(tenant.volumeId)]).toEqual(["as it was", "spoiled"]);
    expect(cloud.world.instances.get(tenant.instanceId)?.state).toMatch(/shutting-down|terminated/);
    expect(await cloud.rowOf(tenant)).toMatchObject({
      status: "repairing",
      repair: { attempt: 1, reason: `The tenant's data was restored from ${tenant.snapshotId}.` },
    });
  });

  it("makes the volume as the first one was made: there, gp3, encrypted with its key, tagged, and as large", async () => {
    const tenant = await cloud.newTenant();
    const before = cloud.world.volumes.get(tenant.volumeId);
    if (before) before.kmsKeyId = "arn:aws:kms:eu-central-1:000000000000:key/of-the-volume";

    const { volumeId } = await restore(wish(tenant), deps());

    expect(cloud.world.volumes.get(volumeId)).toMatchObject({
      zone: before?.zone,
      volumeType: "gp3",
      encrypted: true,
      kmsKeyId: before?.kmsKeyId,
      sizeGiB: 20,
      snapshotId: tenant.snapshotId,
    });
    expect(Object.fromEntries(cloud.world.volumes.get(volumeId)?.tags ?? [])).toEqual({
      Name: `warren-staging-${tenant.key.slug}`,
      "warren:stage": "staging",
      "warren:slug": tenant.key.slug,
      "warren:generation": tenant.key.generation,
      "warren:data-of": "staging",
      "warren:volume": "data",
      "warren:restored-from": tenant.snapshotId,
      "warren:replaces": tenant.volumeId,
    });
  });

  it("never makes the volume smaller than the snapshot", async () => {
    const tenant = await cloud.newTenant();

    const { volumeId } = await restore({ ...wish(tenant), sizeGib: 1, firstAnswerMinutes: 5 }, deps());

    expect(cloud.world.volumes.get(volumeId)?.sizeGiB).toBe(10);
  });

  it("restores where the tenant was when neither its data nor its machine is left", async () => {
    const tenant = await cloud.newTenant({ status: "degraded" });
    const zone = cloud.world.instances.get(tenant.instanceId)?.zone;
    cloud.world.instances.delete(tenant.instanceId);
    cloud.world.volumes.delete(tenant.volumeId);

    const { volumeId, previousId } = await restore(wish(tenant), deps());

    expect(previousId).toBeUndefined();
    expect(cloud.world.volumes.get(volumeId)?.zone).toBe(zone);
    expect((await cloud.rowOf(tenant))?.status).toBe("repairing");
  });

  it("never leaves a moment with two volumes of data, which a repair could choose from", async () => {
    const tenant = await cloud.newTenant();
    const moments: string[] = [];
    const watched = deps();
    const { setRole } = watched.volumes;
    watched.volumes.setRole = async (...args) => {
      await setRole(...args);
      moments.push(Object.values(cloud.roles(tenant.key)).toSorted().join(" "));
    };

    await restore(wish(tenant), watched);

    expect(moments).toEqual(["replaced restoring", "data replaced"]);
  });

  it("is finished by another run, wherever it ended", async () => {
    const tenants: TestTenant[] = [];
    const current = () => tenants.at(-1) as TestTenant;
    const fresh = async () => {
      tenants.push(await cloud.newTenant());
      return deps();
    };

    const effects = await surviveCrashes(
      fresh,
      (some) => restore(wish(current()), some),
      async ({ volumeId, previousId }) => {
        const tenant = current();
        expect(previousId).toBe(tenant.volumeId);
        expect(cloud.roles(tenant.key)).toEqual({ [tenant.volumeId]: "replaced", [volumeId]: "data" });
        expect(await cloud.read(volumeId)).toBe("as it was");
        expect(cloud.world.instances.get(tenant.instanceId)?.state).toMatch(/shutting-down|terminated/);
        expect(await cloud.rowOf(tenant)).toMatchObject({ status: "repairing", repair: { attempt: 1 } });
      },
    );

    // Each look reads four things in the plan, three in the takeover; in between: create, twice the role, terminate, begin.
    expect(effects).toBeGreaterThanOrEqual(20);
  });

  it("waits until the new machine serves the tenant with the restored data", async () => {
    const tenant = await cloud.newTenant();
    const slow = deps();
    const { begin } = slow.repairs;
    let launched = "";
    slow.repairs = {
      begin: async (row, reason) => {
        const begun = await begin(row, reason);
        const repairing = await cloud.rowOf(tenant);
        if (repairing) launched = await cloud.replaceMachine(tenant.key, repairing);
        return begun;
      },
    };

    const { volumeId, instanceId } = await restore({ ...wish(tenant), wait: true }, slow);

    expect(instanceId).toBe(launched);
    expect(cloud.world.volumes.get(volumeId)?.attachment?.instanceId).toBe(launched);
  });

  it("does nothing when the snapshot was restored before and is in use, unless asked to do it again", async () => {
    const tenant = await cloud.newTenant();
    const first = await restore(wish(tenant), deps());
    const row = await cloud.rowOf(tenant);
    const instanceId = row && (await cloud.replaceMachine(tenant.key, row));

    const second = await restore(wish(tenant), deps());
    const third = await restore({ ...wish(tenant), again: true }, deps());

    expect(second).toEqual({ ...first, instanceId, already: true });
    expect(third).toMatchObject({ previousId: first.volumeId, already: false });
    expect(cloud.roles(tenant.key)).toEqual({
      [tenant.volumeId]: "replaced",
      [first.volumeId]: "replaced",
      [third.volumeId]: "data",
    });
  });

  it("goes on with the replacement that it ordered, also when that is to be done again", async () => {
    const tenant = await cloud.newTenant();
    const first = await restore(wish(tenant), deps());

    const second = await restore({ ...wish(tenant), again: true }, deps());

    expect(second).toEqual(first);
  });

  it("leaves, where it ended before its time, nothing that a repair takes or a removal forgets", async () => {
    const tenant = await cloud.newTenant();

    const left = await startAndDie(tenant);

    const found = await volumes(cloud.ec2).find(tenant.key);
    expect(dataVolumeOf(found)?.id).toBe(tenant.volumeId);
    expect(found.find(({ id }) => id === left)?.role).toBe("replaced");
  });

  it("says which volume an unfinished restore of another snapshot left", async () => {
    const tenant = await cloud.newTenant();
    const left = await startAndDie(tenant);
    const snapshotId = await cloud.snapshot(tenant.key, tenant.volumeId, "by hand");

    await restore({ ...wish(tenant), snapshotId }, deps());

    expect(said).toContain(
      `${left} was left by a restore of ${tenant.snapshotId} that never ended: aws ec2 delete-volume --volume-id ${left}`,
    );
  });

  it("takes a snapshot of an earlier incarnation, and says so", async () => {
    const tenant = await cloud.newTenant();
    cloud.world.snapshots.get(tenant.snapshotId)?.tags.set("warren:generation", incarnation.generation);

    await restore(wish(tenant), deps());

    expect(said[1]).toBe(
      `It is of an earlier incarnation of ${tenant.key.slug}: a database in it knows that one's password, not today's.`,
    );
  });
});
