// Where instances become machines: gives each its directory, ports and credentials, and boots it.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Delays } from "../faults/delays.ts";
import type { Isolation, IsolationMode, Place } from "../isolation/isolation.ts";
import type { BlockStore } from "../world/block-store.ts";
import type { Instance } from "../world/model.ts";
import type { ConnectorCommand } from "./connectors.ts";
import { CredentialKeeper } from "./credential-keeper.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import type { UnitReport } from "./messages.ts";
import { metadataOf } from "./metadata-entries.ts";
import { programs } from "./programs.ts";
import type { RoleClients } from "./role-copy.ts";

export interface MachineManagerOptions {
  clients: RoleClients;
  blockStore: BlockStore;
  region: string;
  isolation: Isolation;
  /** certificate authority of the edge's tunnel listener */
  caFile: string;
  connectorCommand: ConnectorCommand;
  bootEnvironment: Record<string, string>;
  /** one console file per instance goes here */
  logDir: string;
  stopDeadlineMs: number;
  delays: Delays;
}

export interface MachineReport {
  instanceId: string;
  isolation: IsolationMode;
  /** its network namespace, as in `ip netns exec <namespace> …`; none in process mode */
  namespace?: string | undefined;
  /** leader of the machine's process group */
  pid: number;
  /** the metadata service as the machine's own programs reach it */
  metadataUrl: string;
  /** on the machine's own loopback, which in process mode is this computer's */
  ports: Place["ports"];
  consoleFile: string;
  root: string;
  units: UnitReport[];
}

interface Running {
  machine: Machine;
  place: Place;
}

export class MachineManager {
  readonly #options: MachineManagerOptions;
  readonly #running = new Map<string, Running>();
  readonly #keepers = new Map<string, CredentialKeeper>();

  constructor(options: MachineManagerOptions) {
    this.#options = options;
  }

  consoleFile = (instanceId: string): string => join(this.#options.logDir, `${instanceId}.log`);

  /** Boots the instance's machine. @returns the machine, once its boot script runs */
  async boot(instance: Instance): Promise<Machine> {
    const { blockStore, logDir } = this.#options;
    const root = blockStore.machineRoot(instance.instanceId);
    const consoleFile = this.consoleFile(instance.instanceId);
    // What lay in run/ was in memory on a real machine, and data/ was mounted: neither outlives a boot.
    for (const passing of ["run", "data"]) await rm(join(root, passing), { recursive: true, force: true });
    await mkdir(join(root, "run"), { recursive: true, mode: 0o700 });
    await mkdir(logDir, { recursive: true });
    await this.#startCredentials(instance);
    const place = await this.#options.isolation.place(instance);
    const applicationStart = this.#options.delays.secondsOf("application-start", instance.instanceId);
    const program = programs({ ...this.#options, root, place, applicationStart });
    const boot = { metadata: this.#metadata(instance), ...program };
    const machine = await this.#start({ boot, place, consoleFile });
    this.#running.set(instance.instanceId, { machine, place });
    void machine.gone.then(() => this.#leave(instance.instanceId, machine));
    return machine;
  }

  async #start(options: Omit<MachineOptions, "stopDeadlineMs">): Promise<Machine> {
    try {
      return await Machine.start({ ...options, stopDeadlineMs: this.#options.stopDeadlineMs });
    } catch (error) {
      await options.place.leave();
      throw error;
    }
  }

  /** The instance's machine, if one runs. */
  find = (instanceId: string): Machine | undefined => this.#running.get(instanceId)?.machine;

  async stop(instanceId: string): Promise<void> {
    await this.find(instanceId)?.stop();
  }

  /** Takes away what outlives a stopped machine: its role's copy and its directory; its console stays readable. */
  async remove(instanceId: string): Promise<void> {
    await this.#keepers.get(instanceId)?.remove();
    this.#keepers.delete(instanceId);
    await this.#options.blockStore.deleteMachine(instanceId);
  }

  /** Removes the copied roles, as far as MiniStack still answers: with it they are gone anyway. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#keepers.values()].map((keeper) => keeper.remove()));
  }

  /** Tells a running machine of its new tags. */
  update(instance: Instance): void {
    this.find(instance.instanceId)?.update(this.#metadata(instance));
  }

  /** Gives a running machine the role of the profile that its instance has now, or none. */
  async changeRole(instance: Instance): Promise<void> {
    await this.#keepers.get(instance.instanceId)?.remove();
    this.#keepers.delete(instance.instanceId);
    if (!this.find(instance.instanceId)) return;
    await this.#startCredentials(instance);
    this.update(instance);
  }

  /** Binds a running machine to the rules of the groups that its instance is in now. */
  async changeGroups(instance: Instance): Promise<void> {
    await this.#running.get(instance.instanceId)?.place.changeGroups(instance);
  }

  report(): MachineReport[] {
    return [...this.#running].map(([instanceId, { machine, place }]) => ({
      instanceId,
      isolation: this.#options.isolation.mode,
      namespace: place.namespace,
      pid: machine.pid,
      metadataUrl: `http://${place.metadata.host}:${place.metadata.port}`,
      ports: place.ports,
      consoleFile: this.consoleFile(instanceId),
      root: this.#options.blockStore.machineRoot(instanceId),
      units: machine.units,
    }));
  }

  #leave(instanceId: string, machine: Machine): void {
    if (this.find(instanceId) !== machine) return;
    this.#running.delete(instanceId);
    this.#keepers.get(instanceId)?.stop();
  }

  async #startCredentials(instance: Instance): Promise<void> {
    if (!instance.profile) return;
    const { instanceId, profile } = instance;
    const keeper = new CredentialKeeper(this.#options.clients, instanceId, profile.roleName, () =>
      this.update(instance),
    );
    this.#keepers.set(instanceId, keeper);
    await keeper.start();
  }

  #metadata = (instance: Instance) =>
    metadataOf(instance, this.#options.region, this.#keepers.get(instance.instanceId)?.current);
}
