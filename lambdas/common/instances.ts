// A tenant's EC2 instance, found by its tags and started from the launch template.
import {
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
} from "@aws-sdk/client-ec2";
import { ec2Client, outcomeOf, ownedBy, tagged, waiting } from "./ec2.ts";
import {
  AwsTransientError,
  CapacityError,
  InstanceLostError,
  MachineNotReadyError,
  ResourceStillThereError,
} from "./errors.ts";
import { instanceTagsOf } from "./machine-contract.ts";
import type { TenantKey } from "./names.ts";

export interface Instance {
  id: string;
  zone: string;
  state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";
}

export interface Launch {
  of: TenantKey;
  hostname: string;
  launchTemplateId: string;
  subnetId: string;
  /** at most 64 characters; the same token and parameters never start a second instance */
  clientToken: string;
}

export interface Instances {
  /** Every instance of this incarnation that EC2 still shows, ended ones included. */
  find(of: TenantKey): Promise<Instance[]>;
  /** Throws CapacityError when this subnet has no room. */
  run(launch: Launch): Promise<Instance>;
  /** Throws InstanceLostError when it ends instead, MachineNotReadyError when it takes longer. */
  untilRunning(id: string): Promise<void>;
  terminate(ids: string[]): Promise<void>;
  /** Throws ResourceStillThereError when it takes longer. */
  untilTerminated(ids: string[]): Promise<void>;
}

/** What another subnet, which is another zone, may well have room for (EC2's error codes). */
const noRoom = new Set([
  "InsufficientCapacity",
  "InsufficientFreeAddressesInSubnet",
  "InsufficientHostCapacity",
  "InsufficientInstanceCapacity",
  "InsufficientReservedInstanceCapacity",
  "Unsupported",
]);

/** Both well below the timeouts of the tasks that wait. */
const START_SECONDS = 60;
const END_SECONDS = 100;

const asInstance = ({ InstanceId = "", Placement, State }: Ec2Instance): Instance => ({
  id: InstanceId,
  zone: Placement?.AvailabilityZone ?? "",
  state: State?.Name ?? "pending",
});

export const instances = (client: EC2Client = ec2Client()): Instances => ({
  find: async (of) => {
    const found: Instance[] = [];
    for await (const { Reservations = [] } of paginateDescribeInstances(
      { client },
      { Filters: ownedBy(of) },
    )) {
      found.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map(asInstance)));
    }
    return found;
  },

  run: async (launch) => {
    try {
      const { Instances: [started] = [] } = await client.send(runCommand(launch));
      if (started) return asInstance(started);
      throw new AwsTransientError("EC2 answered ec2:RunInstances without an instance.");
    } catch (error) {
      if (!(error instanceof Error && noRoom.has(error.name))) throw error;
      throw new CapacityError(`The subnet ${launch.subnetId} has no room (${error.name}).`, { cause: error });
    }
  },

  untilRunning: async (id) => {
    const outcome = await outcomeOf(
      waitUntilInstanceRunning(waiting(client, START_SECONDS), { InstanceIds: [id] }),
    );
    if (outcome === "timeout") throw new MachineNotReadyError(`Instance ${id} is not running yet.`);
    if (outcome === "failed") throw new InstanceLostError(await lossOf(client, id));
  },

  terminate: async (ids) => {
    if (ids.length === 0) return;
    await client.send(new TerminateInstancesCommand({ InstanceIds: ids })).catch((error) => {
      if (error.name !== "InvalidInstanceID.NotFound") throw error;
    });
  },

  untilTerminated: async (ids) => {
    if (ids.length === 0) return;
    const waiter = waitUntilInstanceTerminated(waiting(client, END_SECONDS), { InstanceIds: ids });
    if ((await outcomeOf(waiter)) === "reached") return;
    throw new ResourceStillThereError(`Not terminated yet: ${ids.join(", ")}.`);
  },
});

/** The newest version of the template: CloudFormation adds versions, and leaves the default at the first for ever. */
const runCommand = ({ of, hostname, launchTemplateId, subnetId, clientToken }: Launch) =>
  new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: "$Latest" },
    SubnetId: subnetId,
    ClientToken: clientToken,
    TagSpecifications: [
      tagged("instance", of, instanceTagsOf(of, hostname)),
      tagged("volume", of),
      tagged("network-interface", of),
    ],
  });

const lossOf = async (client: EC2Client, id: string): Promise<string> => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = Reservations?.[0]?.Instances?.[0];
  const why = instance?.StateReason?.Message ?? instance?.StateTransitionReason ?? "no reason given";
  return `Instance ${id} is ${instance?.State?.Name ?? "gone"} instead of running (${why}).`;
};
