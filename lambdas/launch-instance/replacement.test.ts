import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Instance, instances, isEnded } from "../../core/aws/instances.ts";
import { snapshots } from "../../core/aws/snapshots.ts";
import { dataVolumeOf, volumes } from "../../core/aws/volumes.ts";
import type { ProbeResult } from "../../core/edge/probe.ts";
import type { RepairOf } from "../../core/repair/repair-store.ts";
import { surviveCrashes } from "../../test/support/crashes.ts";
import { startTestEc2, type TestEc2 } from "../../test/support/ec2/test-ec2.ts";
import { memoryEc2 } from "../../test/support/memory/memory-ec2.ts";
import { memoryRepairs } from "../../test/support/memory/memory-repairs.ts";
import { memoryTenants } from "../../test/support/memory/memory-tenants.ts";
import {
  earlier,
  incarnation,
  repairingRow,
  served,
  taskInput,
  taskInputOf,
  tenantKey,
} from "../../test/support/sample.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import { region } from "../../test/support/test-ministack.ts";
import { diagnoseTenant } from "../diagnose-tenant/diagnose-tenant.ts";
import { moveDataVolume } from "../move-data-volume/move-data-volume.ts";
import { retireInstance } from "../retire-instance/retire-instance.ts";
import { snapshotDataVolume } from "../snapshot-data-volume/snapshot-data-volume.ts";
import { stopInstance } from "../stop-instance/stop-instance.ts";
import { launchInstance } from "./launch-instance.ts";

const SUBNETS = ["a", "b", "c"].map((letter) => ({ id: `subnet-${letter}`, zone: `zone-${letter}` }));
const env = {
  BASE_DOMAIN: "example.test",
  HEALTH_PATH: "/health",
  LAUNCH_TEMPLATE_ID: "lt-1",
  SUBNETS,
  INSTANCE_TYPES: ["t3.micro"],
  CAPACITY_WAIT_SECONDS: 3_600,
  SNAPSHOT_BEFORE_REPLACEMENT: true,
};

const since = "2026-11-22T12:00:00.000Z";

/** A tenant whose machine, in the state, is to be replaced, and another tenant beside it. */
const world = (state: Instance["state"]) => {
  const ec2 = memoryEc2(Object.fromEntries(SUBNETS.map(({ id, zone }) => [id, zone])));
  ec2.checks = "impaired";
  ec2.machines.push(
    { id: "i-old", zone: "zone-a", state, of: tenantKey },
    { id: "i-other", zone: "zone-a", state: "running", of: { stage: "test", ...earlier } },
  );
  ec2.disks.push(
    { id: "vol-old", zone: "zone-a", state: "available", role: "replaced", of: tenantKey },
    {
      id: "vol-1",
      zone: "zone-a",
      role: "data",
      of: tenantKey,
      ...(state === "terminated"
        ? { state: "available" }
        : { state: "in-use", attachment: { instanceId: "i-old", state: "attached" } }),
    },
  );
  const tenants = memoryTenants([repairingRow({ resources: { instanceId: "i-old" } })]);
  const repairs = memoryRepairs(tenants);
  /** Served once the data is at a new machine that runs, as far as this test is concerned. */
  const probe = async (): Promise<ProbeResult> => {
    const holder = dataVolumeOf(ec2.disks)?.attachment?.instanceId;
    const serves = ec2.machines.some(
      ({ id, state }) => id === holder && id !== "i-old" && state === "running",
    );
    return serves ? served : { kind: "bad", cause: "connector", words: "530" };
  };
  /** What the workflow itself writes before it launches anything. */
  const plan = async ({ slug }: RepairOf, replaces: string[]): Promise<void> => {
    const row = tenants.rows.get(slug) as ReturnType<typeof repairingRow>;
    tenants.rows.set(slug, { ...row, repair: { ...row.repair, replaces } });
  };
  return {
    ec2,
    attempts: 0,
    deps: {
      env,
      tenants,
      repairs,
      instances: ec2.instances,
      volumes: ec2.volumes,
      snapshots: ec2.snapshots,
      edge: { probe },
      workflow: { plan },
      clock: stillClock(),
    },
  };
};
type World = ReturnType<typeof world>;

/** The rung as the workflow takes it, from the diagnosis on. */
const replace = async (of: RepairOf & typeof taskInput, deps: World["deps"]): Promise<void> => {
  const { rungs, replaces } = await diagnoseTenant(of, deps);
  if (!rungs.includes("replace-instance")) return;
  await deps.workflow.plan(of, replaces);
  const made = await launchInstance({ ...of, since, replaces }, deps);
  await stopInstance({ ...of, replaces }, deps);
  await snapshotDataVolume(of, deps);
  const { volumeId } = await moveDataVolume({ ...of, instanceId: made.instanceId, replaces }, deps);
  await retireInstance({ ...of, ...made, volumeId, replaces }, deps);
};

/** What is true at the end of every replacement, however often it was begun. */
const assess = ({ ec2, deps, attempts }: World): void => {
  const living = ec2.machines.filter((machine) => !isEnded(machine) && machine.id !== "i-other");
  expect(living).toHaveLength(1);
  const [machine] = living;
  expect(machine).toMatchObject({ state: "running", zone: "zone-a" });
  expect(machine?.id).not.toBe("i-old");
  expect(ec2.machines.find(({ id }) => id === "i-other")?.state).toBe("running");

  expect(ec2.disks.map(({ id }) => id)).toEqual(["vol-old", "vol-1"]);
  expect(dataVolumeOf(ec2.disks)).toMatchObject({ id: "vol-1", attachment: { instanceId: machine?.id } });

  const kept = ec2.kept.map(({ reason }) => JSON.stringify(reason));
  expect(new Set(kept).size).toBe(kept.length);
  expect(kept.length).toBeLessThanOrEqual(attempts);

  const row = deps.tenants.rows.get("acme");
  expect(row?.resources).toMatchObject({ instanceId: machine?.id, volumeId: "vol-1" });
  expect(row?.repair).not.toHaveProperty("replaces");
};

/** Kills the workflow after each of its effects in turn, and has a sweep begin it anew. */
const surviveAll = async (state: Instance["state"], meanwhile: (world: World) => Promise<void>) => {
  const worlds: World[] = [];
  const current = () => worlds.at(-1) as World;
  return surviveCrashes(
    async () => {
      worlds.push(world(state));
      return current().deps;
    },
    async (deps) => {
      const { tenants, repairs } = current().deps;
      if (current().attempts > 0) {
        await repairs.beginAnew({ ...incarnation, attempt: current().attempts });
        await meanwhile(current());
      }
      current().attempts += 1;
      await replace({ ...taskInput, attempt: tenants.rows.get("acme")?.repair?.attempt ?? 0 }, deps);
    },
    async () => assess(current()),
  );
};

/** The machines that this replacement has launched so far. */
const launched = ({ ec2 }: World) => ec2.machines.filter(({ id }) => id !== "i-old" && id !== "i-other");

describe("a replacement that is killed after any of its effects", () => {
  it.each(["running", "stopping", "stopped", "shutting-down", "terminated"] as const)(
    "is finished by the next repair, for a machine that was %s",
    async (state) => {
      const effects = await surviveAll(state, async () => {});

      expect(effects).toBeGreaterThan(15);
    },
  );

  it("starts a third machine when the second has ended meanwhile", async () => {
    await surviveAll("running", async (world) => {
      const ids = launched(world).map(({ id }) => id);
      await world.ec2.instances.terminate(ids);
      await world.ec2.instances.untilTerminated(ids);
    });
  });

  it("starts a third machine when the second was stopped meanwhile", async () => {
    await surviveAll("running", async (world) => {
      for (const machine of launched(world)) machine.state = "stopped";
    });
  });
});

describe("a replacement on EC2", () => {
  let stage: TestEc2;
  beforeAll(async () => {
    stage = await startTestEc2({ bootEnvironment: { BOOT_DEADLINE_SECONDS: "0" } });
  });
  afterAll(() => stage.close());

  it("moves the data of a running machine to another, and ends the first", async () => {
    const { client, launchTemplateId, network } = stage;
    const of = { ...incarnation, generation: ulid() };
    const input = taskInputOf(of);
    const { key } = input;
    const adapters = { instances: instances(client), volumes: volumes(client), snapshots: snapshots(client) };
    const SUBNETS = [
      { id: network.subnetA, zone: `${region}a` },
      { id: network.subnetB, zone: `${region}b` },
    ];
    const { deps } = world("running");
    const row = repairingRow({ ...of, resources: {} });
    const tenants = memoryTenants([row]);
    const onEc2 = {
      ...deps,
      ...adapters,
      tenants,
      repairs: memoryRepairs(tenants),
      env: { ...env, SUBNETS, LAUNCH_TEMPLATE_ID: launchTemplateId },
    };
    const old = await launchInstance({ ...input, since }, onEc2);
    const place = { of: key, zone: old.availabilityZone, sizeGib: 1, clientToken: of.generation };
    const volumeId = await adapters.volumes.create(place);
    await Promise.all([
      adapters.volumes.untilAvailable(volumeId),
      adapters.instances.untilRunning(old.instanceId),
    ]);
    await adapters.volumes.attach(volumeId, old.instanceId);
    const replaces = [old.instanceId];

    const made = await launchInstance({ ...input, since, replaces }, onEc2);
    const { stopped } = await stopInstance({ ...input, attempt: 1, replaces }, onEc2);
    const { snapshotId } = await snapshotDataVolume({ ...input, attempt: 1 }, onEc2);
    const moved = await moveDataVolume({ ...input, attempt: 1, ...made, replaces }, onEc2);
    const { retired } = await retireInstance({ ...input, attempt: 1, ...made, ...moved, replaces }, onEc2);
    await adapters.instances.untilTerminated(retired);

    expect([stopped, retired, moved]).toEqual([replaces, replaces, { volumeId }]);
    expect(snapshotId).toMatch(/^snap-/);
    const found = await adapters.instances.find(key);
    expect(Object.fromEntries(found.map(({ id, state }) => [id, state]))).toEqual({
      [old.instanceId]: "terminated",
      [made.instanceId]: "running",
    });
    const data = dataVolumeOf(await adapters.volumes.find(key));
    expect(data).toMatchObject({ id: volumeId, attachment: { instanceId: made.instanceId } });
    expect(tenants.rows.get("acme")?.resources).toMatchObject({ ...made, volumeId });
  });
});
