// A volume is a directory, with its size in a file beside it, a snapshot a copy of one; a machine sees a volume as a link below its own dev/ while attached.
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

export class BlockStore {
  readonly #stateDir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  #volume = (volumeId: string): string => join(this.#stateDir, "volumes", volumeId);
  #size = (volumeId: string): string => `${this.#volume(volumeId)}.size`;
  #snapshot = (snapshotId: string): string => join(this.#stateDir, "snapshots", snapshotId);

  /** Where a machine's files are: `dev/` with its attached volumes, `run/` for what ends with it. */
  machineRoot = (instanceId: string): string => join(this.#stateDir, "machines", instanceId);

  async createVolume(volumeId: string, sizeGiB: number, snapshotId?: string): Promise<void> {
    if (snapshotId) await cp(this.#snapshot(snapshotId), this.#volume(volumeId), { recursive: true });
    else await mkdir(this.#volume(volumeId), { recursive: true });
    await this.resizeVolume(volumeId, sizeGiB);
  }

  resizeVolume = (volumeId: string, sizeGiB: number): Promise<void> =>
    writeFile(this.#size(volumeId), String(sizeGiB * 2 ** 30));

  async deleteVolume(volumeId: string): Promise<void> {
    await rm(this.#volume(volumeId), { recursive: true, force: true });
    await rm(this.#size(volumeId), { force: true });
  }

  createSnapshot = (snapshotId: string, volumeId: string): Promise<void> =>
    cp(this.#volume(volumeId), this.#snapshot(snapshotId), { recursive: true });

  deleteSnapshot = (snapshotId: string): Promise<void> =>
    rm(this.#snapshot(snapshotId), { recursive: true, force: true });

  /** @param device such as `/dev/sdf` */
  async attach(volumeId: string, instanceId: string, device: string): Promise<void> {
    const root = this.machineRoot(instanceId);
    await mkdir(join(root, "dev"), { recursive: true });
    await symlink(this.#volume(volumeId), join(root, device));
  }

  detach = (instanceId: string, device: string): Promise<void> =>
    rm(join(this.machineRoot(instanceId), device), { force: true });

  clear = (): Promise<void> => rm(this.#stateDir, { recursive: true, force: true });

  deleteMachine = (instanceId: string): Promise<void> =>
    rm(this.machineRoot(instanceId), { recursive: true, force: true });
}
