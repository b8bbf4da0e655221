// Where instances become machines: gives each its directory, ports and credentials, and boots it.
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlockStore } from "../block-store.ts";
import type { Instance } from "../model.ts";
import { CredentialKeeper } from "./credential-keeper.ts";
import { Machine } from "./machine.ts";
import type { UnitReport } from "./messages.ts";
import { metadataOf } from "./metadata-entries.ts";
import { freePort } from "./ports.ts";
import { type ConnectorCommand, programs } from "./programs.ts";
import type { RoleClients } from "./role-copy.ts";

export interface MachineRoomOptions {
  clients: RoleClients;
  blockStore: BlockStore;
  region: string;
  awsUrl: string;
  edge: { address: string; caFile: string };
  connectorCommand: ConnectorCommand;
  bootEnvironment: Record<string, string>;
  /** one console file per instance goes here */
  logDir: string;
  stopDeadlineMs: number;
}

export interface MachineReport {
  instanceId: string;
  /** leader of the machine's process group */
  pid: number;
  ports: { metadata: number; metrics: number; app: number };
  consoleFile: string;
  root: string;
  units: UnitReport[];
}

interface Place {
  machine: Machine;
  ports: { metrics: number; app: number };
}

export class MachineRoom {
  readonly #options: MachineRoomOptions;
  readonly #places = new Map<string, Place>();
  readonly #keepers = new Map<string, CredentialKeeper>();

  constructor(options: MachineRoomOptions) {
    this.#options = options;
  }

  consoleFile = (instanceId: string): string => join(this.#options.logDir, `${instanceId}.log`);

  /** Boots the instance's machine. @returns the machine, once its boot script runs */
  async boot(instance: Instance): Promise<Machine> {
    const { blockStore, logDir } = this.#options;
    const root = blockStore.machineRoot(instance.instanceId);
    const consoleFile = this.consoleFile(instance.instanceId);
    // What lay in run/ was in memory on a real machine: it does not outlive a boot.
    await rm(join(root, "run"), { recursive: true, force: true });
    await mkdir(join(root, "run"), { recursive: true, mode: 0o700 });
    await mkdir(logDir, { recursive: true });
    await this.#startCredentials(instance);
    const ports = { app: await freePort(), metrics: await freePort() };
    const boot = { metadata: this.#metadata(instance), ...programs({ ...this.#options, root, ports }) };
    const machine = await Machine.start({ boot, consoleFile, stopDeadlineMs: this.#options.stopDeadlineMs });
    this.#places.set(instance.instanceId, { machine, ports });
    void machine.gone.then(() => this.#leave(instance.instanceId, machine));
    return machine;
  }

  async stop(instanceId: string): Promise<void> {
    await this.#places.get(instanceId)?.machine.stop();
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
    this.#places.get(instance.instanceId)?.machine.update(this.#metadata(instance));
  }

  report(): MachineReport[] {
    return [...this.#places].map(([instanceId, { machine, ports }]) => ({
      instanceId,
      pid: machine.pid,
      ports: { ...ports, metadata: machine.metadataPort },
      consoleFile: this.consoleFile(instanceId),
      root: this.#options.blockStore.machineRoot(instanceId),
      units: machine.units,
    }));
  }

  #leave(instanceId: string, machine: Machine): void {
    if (this.#places.get(instanceId)?.machine !== machine) return;
    this.#places.delete(instanceId);
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
