// A tenant's EC2 instance, found by its tags, launched from the launch template, and taken through its states.
import {
  CreateTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  type _InstanceType as Ec2InstanceType,
  paginateDescribeInstances,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  waitUntilInstanceTerminated,
} from "@aws-sdk/client-ec2";
import {
  AwsTransientError,
  CapacityError,
  InstanceLostError,
  MachineNotReadyError,
  ResourceStillThereError,
} from "../errors.ts";
import { instanceTagsOf } from "../machine/machine-contract.ts";
import type { TenantKey } from "../tenant/names.ts";
import { clientToken } from "./client-token.ts";
import {
  describeInstance,
  ec2Client,
  isOthers,
  outcomeOf,
  ownedBy,
  tagged,
  tagValue,
  unlessNotFound,
  waiting,
} from "./ec2.ts";
import { type StatusCheck, statusCheckOf } from "./status-check.ts";

export interface Instance {
  id: string;
  zone: string;
  state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";
}

export const isEnded = ({ state }: Pick<Instance, "state">): boolean =>
  state === "shutting-down" || state === "terminated";

export interface Launch {
  of: TenantKey;
  hostname: string;
  launchTemplateId: string;
  /** undefined: the template's */
  instanceType?: string | undefined;
  subnetId: string;
  /** at most 64 characters; the same token and parameters never start a second instance */
  clientToken: string;
}

export interface Instances {
  /** Every instance of this incarnation that EC2 still shows, ended ones included. */
  find(of: TenantKey): Promise<Instance[]>;
  /**
   * By its id, also where tags of ours are missing. Undefined: its tags name another incarnation, or EC2 does not show
   * it, which does not say that it has ended.
   */
  look(id: string, of: TenantKey): Promise<Instance | undefined>;
  /**
   * Puts back those of our tags that the machine lacks, and answers their keys; of one whose tags name another incarnation,
   * none.
   */
  correctTags(id: string, of: TenantKey, hostname: string): Promise<string[]>;
  check(id: string): Promise<StatusCheck>;
  /** Throws CapacityError when this subnet has no room. */
  run(launch: Launch): Promise<Instance>;
  /** One that runs already counts as started; CapacityError without room, MachineNotReadyError in any other state. */
  start(id: string): Promise<void>;
  /** Throws InstanceLostError when it ends instead, MachineNotReadyError when it takes longer. */
  untilRunning(id: string): Promise<void>;
  /** Answers before the machine goes down. MachineNotReadyError when it does not run. */
  reboot(id: string): Promise<void>;
  /**
   * One that is stopped counts; MachineNotReadyError in a state that allows none, such as pending.
   * @param force a machine that does not go down in time is switched off
   */
  stop(id: string, force: boolean): Promise<void>;
  /** One that has ended counts as stopped. Throws MachineNotReadyError when it takes longer. */
  untilStopped(ids: string[]): Promise<void>;
  terminate(ids: string[]): Promise<void>;
  /** Throws ResourceStillThereError when it takes longer. */
  untilTerminated(ids: string[]): Promise<void>;
}

/**
 * What another subnet, which is another zone, may well have room for; and what an account has room for once others have ended,
 * a quota was raised, or AWS has verified a new account (EC2's error codes).
 */
const noRoom = new Set([
  "InstanceLimitExceeded",
  "PendingVerification",
  "VcpuLimitExceeded",
  "InsufficientCapacity",
  "InsufficientFreeAddressesInSubnet",
  "InsufficientHostCapacity",
  "InsufficientInstanceCapacity",
  "InsufficientReservedInstanceCapacity",
  "Unsupported",
]);

/** All well below the timeouts of the tasks that wait. */
const START_SECONDS = 60;
const STOP_SECONDS = 100;
/** A removal waits on in its workflow. */
const END_SECONDS = 30;

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

  look: async (id, of) => {
    const shown = await describeInstance(client, id);
    return shown && !isOthers(shown.Tags, of) ? asInstance(shown) : undefined;
  },

  correctTags: async (id, of, hostname) => {
    const shown = await describeInstance(client, id);
    if (!shown || isOthers(shown.Tags, of)) return [];
    const { Tags = [] } = tagged("instance", of, instanceTagsOf(of, hostname));
    const lost = Tags.filter(({ Key = "", Value }) => tagValue(shown.Tags, Key) !== Value);
    if (lost.length > 0) await client.send(new CreateTagsCommand({ Resources: [id], Tags: lost }));
    return lost.map(({ Key = "" }) => Key);
  },

  check: async (id) => {
    const { InstanceStatuses: [status] = [] } = await client
      .send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))
      .catch(unlessNotFound({ InstanceStatuses: [] }));
    return statusCheckOf(status);
  },

  run: (launch) => run(client, launch),

  start: async (id) => {
    await client.send(new StartInstancesCommand({ InstanceIds: [id] })).catch((error) => {
      if (noRoom.has(error.name)) throw noRoomIn(`The zone of instance ${id}`, error);
      throw notNow(id, error);
    });
  },

  untilRunning: async (id) => {
    const outcome = await outcomeOf(
      waitUntilInstanceRunning(waiting(client, START_SECONDS), { InstanceIds: [id] }),
    );
    if (outcome === "timeout") throw new MachineNotReadyError(`Instance ${id} is not running yet.`);
    if (outcome === "failed") throw new InstanceLostError(await lossOf(client, id));
  },

  reboot: async (id) => {
    await client.send(new RebootInstancesCommand({ InstanceIds: [id] })).catch((error) => {
      throw notNow(id, error);
    });
  },

  stop: async (id, force) => {
    await client.send(new StopInstancesCommand({ InstanceIds: [id], Force: force })).catch((error) => {
      throw notNow(id, error);
    });
  },

  untilStopped: async (ids) => {
    await Promise.all(ids.map((id) => untilStopped(client, id)));
  },

  terminate: async (ids) => {
    if (ids.length === 0) return;
    await client
      .send(new TerminateInstancesCommand({ InstanceIds: ids }))
      .catch(unlessNotFound({ TerminatingInstances: [] }));
  },

  untilTerminated: async (ids) => {
    if (ids.length === 0) return;
    const waiter = waitUntilInstanceTerminated(waiting(client, END_SECONDS), { InstanceIds: ids });
    if ((await outcomeOf(waiter)) === "reached") return;
    throw new ResourceStillThereError(`Not terminated yet: ${ids.join(", ")}.`);
  },
});

const run = async (client: EC2Client, launch: Launch): Promise<Instance> => {
  try {
    const { Instances: [started] = [] } = await client.send(launchCommand(launch));
    if (started) return asInstance(started);
    throw new AwsTransientError("EC2 answered ec2:RunInstances without an instance.");
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (noRoom.has(error.name)) throw noRoomIn(`The subnet ${launch.subnetId}`, error);
    const earlier = error.name === "IdempotentParameterMismatch" && (await madeWith(client, launch, error));
    if (earlier && !isEnded(earlier)) return earlier;
    if (!earlier && error.name !== "IdempotentInstanceTerminated") throw error;
    // EC2 shows an ended instance for an hour, and remembers its token for longer: the next token follows from it.
    return run(client, { ...launch, clientToken: clientToken(launch.clientToken) });
  }
};

/**
 * What an earlier request with this token made, before the launch template changed. That there is one, EC2 has just said:
 * where it does not show it yet, it will.
 */
const madeWith = async (client: EC2Client, { clientToken }: Launch, cause: Error): Promise<Instance> => {
  const Filters = [{ Name: "client-token", Values: [clientToken] }];
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters }));
  const [made] = Reservations.flatMap(({ Instances = [] }) => Instances);
  if (made) return asInstance(made);
  throw new AwsTransientError("EC2 has launched a machine with this token, and does not show it yet.", {
    cause,
  });
};

/** The newest version of the template: CloudFormation adds versions, and leaves the default at the first for ever. */
const launchCommand = ({ of, hostname, launchTemplateId, instanceType, subnetId, clientToken }: Launch) =>
  new RunInstancesCommand({
    MinCount: 1,
    MaxCount: 1,
    LaunchTemplate: { LaunchTemplateId: launchTemplateId, Version: "$Latest" },
    InstanceType: instanceType as Ec2InstanceType | undefined,
    SubnetId: subnetId,
    ClientToken: clientToken,
    TagSpecifications: [
      tagged("instance", of, instanceTagsOf(of, hostname)),
      tagged("volume", of),
      tagged("network-interface", of),
    ],
  });

const lossOf = async (client: EC2Client, id: string): Promise<string> => {
  const instance = await describeInstance(client, id);
  const why = instance?.StateReason?.Message ?? instance?.StateTransitionReason ?? "no reason given";
  return `Instance ${id} is ${instance?.State?.Name ?? "gone"} instead of running (${why}).`;
};

const noRoomIn = (place: string, cause: Error): CapacityError =>
  new CapacityError(`${place} has no room (${cause.name}).`, { cause });

const notNow = (id: string, cause: Error): Error =>
  cause.name === "IncorrectInstanceState"
    ? new MachineNotReadyError(`Instance ${id} is in a state that does not allow it (${cause.message}).`, {
        cause,
      })
    : cause;

/** The waiter takes a terminated instance for a failure; its volumes are as free as a stopped one's. */
const untilStopped = async (client: EC2Client, id: string): Promise<void> => {
  const waiter = waitUntilInstanceStopped(waiting(client, STOP_SECONDS), { InstanceIds: [id] });
  if ((await outcomeOf(waiter)) === "reached") return;
  const state = (await describeInstance(client, id))?.State?.Name ?? "terminated";
  if (state !== "terminated") throw new MachineNotReadyError(`Instance ${id} is ${state}, not stopped yet.`);
};
