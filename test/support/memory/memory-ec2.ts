// EC2 in memory: instances, volumes and snapshots with the states, client tokens and errors that the tasks meet.
import { isDeepStrictEqual } from "node:util";
import type { InstanceAccess } from "../../../core/aws/instance-access.ts";
import type { Instance, Instances, Launch } from "../../../core/aws/instances.ts";
import type { SnapshotReason, Snapshots } from "../../../core/aws/snapshots.ts";
import type { StatusCheck } from "../../../core/aws/status-check.ts";
import type { NewVolume, Volume, Volumes } from "../../../core/aws/volumes.ts";
import {
  CapacityError,
  InstanceLostError,
  MachineNotReadyError,
  ResourceStillThereError,
  VolumeNotReadyError,
} from "../../../core/errors.ts";
import type { TenantKey } from "../../../core/tenant/names.ts";

type Owned<T> = T & { of: TenantKey };

export interface MemoryEc2 {
  instances: Instances;
  volumes: Volumes;
  snapshots: Snapshots;
  machines: Owned<Instance>[];
  disks: Owned<Volume>[];
  kept: Owned<{ id: string; volumeId: string; reason: SnapshotReason }>[];
  launches: Launch[];
  /** Subnets without room; `subnet-a t4g.small` for that type alone, `undefined` for that of the template. */
  full: Set<string>;
  /** Whether machines come up and go down at once. */
  prompt: boolean;
  /** What the status checks of running machines say. */
  checks: StatusCheck;
  access: InstanceAccess;
  /** What machines no longer have of what they were launched with, by their ids. */
  lost: Map<string, string[]>;
  /** Machines that were rebooted, and those that were stopped by force. */
  rebooted: string[];
  forced: string[];
}

const same = (one: TenantKey, other: TenantKey): boolean =>
  one.stage === other.stage && one.slug === other.slug && one.generation === other.generation;

/** Empty is a tag that was lost. */
const isOthers = (one: TenantKey, other: TenantKey): boolean =>
  (["stage", "slug", "generation"] as const).some((tag) => (one[tag] || other[tag]) !== other[tag]);

/** @param zones of the subnets, by their ids */
export const memoryEc2 = (zones: Record<string, string>): MemoryEc2 => {
  const byToken = new Map<string, string>();
  let made = 0;
  const nextId = (prefix: string): string => {
    made += 1;
    return `${prefix}-${made}`;
  };
  const byId = <T extends { id: string }>(list: T[], id: string): T => {
    const found = list.find((item) => item.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  };

  const end = (machine: Instance): void => {
    machine.state = "terminated";
    for (const disk of ec2.disks.filter(({ attachment }) => attachment?.instanceId === machine.id)) {
      disk.attachment = undefined;
      disk.state = "available";
    }
  };

  const ec2: MemoryEc2 = {
    machines: [],
    disks: [],
    kept: [],
    launches: [],
    full: new Set(),
    prompt: true,
    checks: "ok",
    lost: new Map(),
    access: {
      correct: async (id) => {
        const lost = ec2.lost.get(id) ?? [];
        ec2.lost.delete(id);
        return lost;
      },
    },
    rebooted: [],
    forced: [],

    instances: {
      find: async (of) =>
        ec2.machines.filter((machine) => same(machine.of, of)).map((machine) => ({ ...machine })),
      look: async (id, of) => {
        const machine = ec2.machines.find((one) => one.id === id);
        return machine && !isOthers(machine.of, of) ? { ...machine } : undefined;
      },
      correctTags: async (id, of) => {
        const machine = byId(ec2.machines, id);
        const lost = (["stage", "slug", "generation"] as const).filter((tag) => machine.of[tag] === "");
        if (isOthers(machine.of, of)) return [];
        machine.of = of;
        return lost;
      },
      run: async (launch) => {
        ec2.launches.push(launch);
        const earlier = byToken.get(launch.clientToken);
        if (earlier) {
          const machine = byId(ec2.machines, earlier);
          if (machine.state !== "terminated") return { ...machine };
          return ec2.instances.run({ ...launch, clientToken: `${launch.clientToken}, ended` });
        }
        if (ec2.full.has(launch.subnetId) || ec2.full.has(`${launch.subnetId} ${launch.instanceType}`))
          throw new CapacityError(`The subnet ${launch.subnetId} has no room.`);
        const zone = zones[launch.subnetId] ?? "";
        const machine = { id: nextId("i"), zone, state: "pending", of: launch.of } as const;
        ec2.machines.push({ ...machine });
        byToken.set(launch.clientToken, machine.id);
        return { ...machine };
      },
      check: async (id) => {
        const machine = ec2.machines.find((one) => one.id === id);
        return machine?.state === "running" ? ec2.checks : "unknown";
      },
      start: async (id) => {
        const machine = byId(ec2.machines, id);
        if (machine.state === "running" || machine.state === "pending") return;
        if (machine.state !== "stopped")
          throw new MachineNotReadyError(`Instance ${id} is ${machine.state}.`);
        machine.state = "pending";
      },
      reboot: async (id) => {
        const { state } = byId(ec2.machines, id);
        if (state !== "running") throw new MachineNotReadyError(`Instance ${id} is ${state}.`);
        ec2.rebooted.push(id);
      },
      stop: async (id, force) => {
        const machine = byId(ec2.machines, id);
        if (!["running", "stopping", "stopped"].includes(machine.state))
          throw new MachineNotReadyError(`Instance ${id} is ${machine.state}.`);
        if (force) ec2.forced.push(id);
        if (machine.state === "running") machine.state = "stopping";
      },
      untilStopped: async (ids) => {
        for (const machine of ids.map((id) => byId(ec2.machines, id))) {
          if (ec2.prompt && machine.state === "stopping") machine.state = "stopped";
          if (ec2.prompt && machine.state === "shutting-down") end(machine);
          if (machine.state !== "stopped" && machine.state !== "terminated")
            throw new MachineNotReadyError(`Instance ${machine.id} is ${machine.state}, not stopped yet.`);
        }
      },
      untilRunning: async (id) => {
        const machine = byId(ec2.machines, id);
        if (machine.state === "pending") machine.state = "running";
        if (machine.state === "stopped") throw new MachineNotReadyError(`Instance ${id} is not running yet.`);
        if (machine.state !== "running") throw new InstanceLostError(`Instance ${id} is ${machine.state}.`);
      },
      terminate: async (ids) => {
        for (const machine of ids.map((id) => byId(ec2.machines, id))) {
          if (machine.state !== "terminated") machine.state = "shutting-down";
        }
      },
      untilTerminated: async (ids) => {
        if (!ec2.prompt) throw new ResourceStillThereError(`Not terminated yet: ${ids.join(", ")}.`);
        for (const id of ids) end(byId(ec2.machines, id));
      },
    },

    volumes: {
      find: async (of) => ec2.disks.filter((disk) => same(disk.of, of)).map((disk) => ({ ...disk })),
      look: async (id, of) => {
        const disk = ec2.disks.find((one) => one.id === id);
        return disk && !isOthers(disk.of, of) ? { ...disk } : undefined;
      },
      create: async ({ of, zone, clientToken }: NewVolume) => {
        const earlier = byToken.get(clientToken);
        if (earlier) return earlier;
        const disk = { id: nextId("vol"), zone, state: "creating", role: "data" as const, of };
        ec2.disks.push(disk);
        byToken.set(clientToken, disk.id);
        return disk.id;
      },
      untilAvailable: async (id) => {
        const disk = byId(ec2.disks, id);
        if (disk.attachment) throw new VolumeNotReadyError(`Volume ${id} is attached.`);
        disk.state = "available";
      },
      attach: async (id, instanceId) => {
        const disk = byId(ec2.disks, id);
        const machine = byId(ec2.machines, instanceId);
        if (disk.state !== "available" || machine.state !== "running") {
          throw new VolumeNotReadyError(`Volume ${id} is busy.`);
        }
        if (disk.zone !== machine.zone) throw new Error("InvalidVolume.ZoneMismatch");
        disk.state = "in-use";
        disk.attachment = { instanceId, state: "attached" };
      },
      detach: async (id, instanceId) => {
        const disk = byId(ec2.disks, id);
        if (disk.attachment?.instanceId !== instanceId) return;
        disk.attachment = undefined;
        disk.state = "available";
      },
      delete: async (id) => {
        if (ec2.disks.some((disk) => disk.id === id && disk.attachment)) {
          throw new VolumeNotReadyError(`Volume ${id} is busy.`);
        }
        ec2.disks = ec2.disks.filter((disk) => disk.id !== id);
      },
    },

    snapshots: {
      ensure: async (of, volumeId, reason) => {
        const existing = ec2.kept.find((one) => isDeepStrictEqual(one, { id: one.id, volumeId, reason, of }));
        if (existing) return existing.id;
        const snapshot = { id: nextId("snap"), volumeId, reason, of };
        ec2.kept.push(snapshot);
        return snapshot.id;
      },
      untilCompleted: async () => {},
      find: async (of) =>
        ec2.kept
          .filter((snapshot) => same(snapshot.of, of))
          .map(({ id, reason }) => ({ id, isLast: reason === "removal" })),
      delete: async (id) => {
        ec2.kept = ec2.kept.filter((snapshot) => snapshot.id !== id);
      },
    },
  };
  return ec2;
};
