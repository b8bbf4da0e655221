// An instance's life: which state follows which, and what happens to its machine and volumes on the way.
import type { Delays } from "../faults/delays.ts";
import { Ec2Error } from "../protocol/errors.ts";
import type { BlockStore } from "../world/block-store.ts";
import type { Instance, InstanceState, StateReason, Volume } from "../world/model.ts";
import { volumesOf, type World } from "../world/world.ts";
import type { Log } from "./log-file.ts";
import type { Machine } from "./machine.ts";
import type { MachineManager } from "./machine-manager.ts";

const byUser: StateReason = {
  code: "Client.UserInitiatedShutdown",
  message: "Client.UserInitiatedShutdown: User initiated shutdown",
};
const byInstance: StateReason = {
  code: "Client.InstanceInitiatedShutdown",
  message: "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
};
const byFailure: StateReason = {
  code: "Server.InternalError",
  message: "Server.InternalError: Internal error on launch",
};

export interface LifecycleOptions {
  world: World;
  machineManager: MachineManager;
  blockStore: BlockStore;
  log: Log;
  delays: Delays;
}

export class Lifecycle {
  readonly #options: LifecycleOptions;
  /** What is under way per instance: one thing after the other. */
  readonly #work = new Map<string, Promise<void>>();
  /** Machines whose end was asked for: their exit is no news. */
  readonly #ending = new WeakSet<Machine>();
  readonly #machines = new Map<string, Machine>();

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  /** First boot and every later start; the instance must be `pending`. */
  powerOn(instance: Instance, onFailure: "stopped" | "terminated"): void {
    this.#next(instance, async () => {
      if (instance.state === "pending") await this.#boot(instance, onFailure);
    });
  }

  /** @throws Ec2Error IncorrectInstanceState */
  start(instance: Instance): void {
    if (instance.state === "running" || instance.state === "pending") return;
    requireState(instance, ["stopped"], "started");
    delete instance.stateReason;
    // It starts on another host.
    delete instance.impairments;
    Object.assign(instance, { state: "pending", transitionReason: "", launchTime: new Date() });
    this.powerOn(instance, "stopped");
  }

  /** @throws Ec2Error IncorrectInstanceState */
  stop(instance: Instance): void {
    if (instance.state === "stopped" || instance.state === "stopping") return;
    requireState(instance, ["running"], "stopped");
    this.#goDown(instance, "stopping", byUser);
    this.#next(instance, async () => {
      await this.#end(instance);
      await this.#rest(instance, "stopped");
    });
  }

  /** Keeps id, address and volumes; the state stays `running` throughout, as on EC2. */
  reboot(instance: Instance): void {
    requireState(instance, ["running"], "rebooted");
    this.#next(instance, async () => {
      if (instance.state !== "running") return;
      await this.#end(instance);
      await this.#boot(instance, "stopped");
      // A host that fails still fails.
      instance.impairments?.delete("instance");
    });
  }

  /** @throws Ec2Error OperationNotPermitted while termination is disabled */
  terminate(instance: Instance): void {
    if (instance.state === "terminated" || instance.state === "shutting-down") return;
    requireUnprotected(instance);
    this.#goDown(instance, "shutting-down", byUser);
    this.#next(instance, async () => {
      await this.#end(instance);
      await this.#options.delays.wait("shutdown", instance.instanceId);
      await this.#rest(instance, "terminated");
    });
  }

  /** Ends every machine without changing what is recorded of its instance. */
  async close(): Promise<void> {
    this.#options.delays.clear();
    await Promise.all(this.#work.values());
    for (const machine of this.#machines.values()) this.#ending.add(machine);
    await Promise.all([...this.#machines.values()].map((machine) => machine.stop()));
    await this.#options.machineManager.close();
  }

  #next(instance: Instance, step: () => Promise<void>): void {
    const { instanceId } = instance;
    const earlier = this.#work.get(instanceId) ?? Promise.resolve();
    const work = earlier.then(step).catch((error: unknown) => {
      this.#options.log("a change of an instance's state failed", { instanceId, error });
    });
    this.#work.set(instanceId, work);
    void work.then(() => this.#work.get(instanceId) === work && this.#work.delete(instanceId));
  }

  async #boot(instance: Instance, onFailure: "stopped" | "terminated"): Promise<void> {
    try {
      const machine = await this.#options.machineManager.boot(instance);
      this.#machines.set(instance.instanceId, machine);
      void machine.gone.then(() => this.#gone(instance, machine));
      if (instance.state === "pending") instance.state = "running";
    } catch (error) {
      this.#options.log("a machine did not boot", { instanceId: instance.instanceId, error });
      instance.stateReason = byFailure;
      await this.#rest(instance, onFailure);
    }
  }

  async #end({ instanceId }: Instance): Promise<void> {
    const machine = this.#machines.get(instanceId);
    if (!machine) return;
    this.#ending.add(machine);
    await machine.stop();
  }

  /** A machine that ends by itself, or is killed by hand, has shut itself down as far as EC2 can see. */
  #gone(instance: Instance, machine: Machine): void {
    if (this.#machines.get(instance.instanceId) === machine) this.#machines.delete(instance.instanceId);
    if (this.#ending.has(machine) || instance.state !== "running") return;
    const terminates = instance.shutdownBehaviour === "terminate";
    this.#goDown(instance, terminates ? "shutting-down" : "stopping", byInstance);
    this.#next(instance, () => this.#rest(instance, terminates ? "terminated" : "stopped"));
  }

  #goDown(instance: Instance, state: InstanceState, reason: StateReason): void {
    const time = new Date().toISOString().replace("T", " ").slice(0, 19);
    const transitionReason = reason === byUser ? `User initiated (${time} GMT)` : "";
    Object.assign(instance, { state, stateReason: reason, transitionReason });
  }

  async #rest(instance: Instance, state: "stopped" | "terminated"): Promise<void> {
    if (state === "terminated") await this.#release(instance);
    instance.state = state;
  }

  async #release(instance: Instance): Promise<void> {
    const { world, machineManager } = this.#options;
    for (const volume of volumesOf(world, instance.instanceId)) await this.#releaseVolume(volume);
    await machineManager.remove(instance.instanceId);
    instance.terminatedAt = new Date();
  }

  async #releaseVolume(volume: Volume): Promise<void> {
    const deletes = volume.attachment?.deleteOnTermination;
    delete volume.attachment;
    volume.state = deletes ? "deleting" : "available";
    if (!deletes) return;
    await this.#options.blockStore.deleteVolume(volume.volumeId);
    this.#options.world.volumes.delete(volume.volumeId);
  }
}

const requireState = (
  { instanceId, state }: Instance,
  allowed: InstanceState[],
  participle: string,
): void => {
  if (allowed.includes(state)) return;
  throw new Ec2Error(
    "IncorrectInstanceState",
    `The instance '${instanceId}' is not in a state from which it can be ${participle}: it is '${state}'.`,
  );
};

/** @throws Ec2Error OperationNotPermitted */
export const requireUnprotected = ({ instanceId, disableApiTermination }: Instance): void => {
  if (!disableApiTermination) return;
  throw new Ec2Error(
    "OperationNotPermitted",
    `The instance '${instanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
  );
};
