// A real block device for tests, backed by a file: what an attached volume is to a machine.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, open, readFile, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaSync } from "execa";

/** Block 2 of an ext4 this small, whose blocks have 1 KiB: after boot sector and superblock. */
const GROUP_DESCRIPTORS = 2 * 1024;

const SIZE = 16 * 1024 * 1024;

const attach = (file: string): string[] => ["--find", "--show", file];

/** Why this computer cannot give any; empty where it can. */
const reasonAgainst = (): string => {
  if (process.platform !== "linux") return "loop devices are Linux's";
  if (process.getuid?.() !== 0) return "loop devices need root";
  const directory = mkdtempSync(join(tmpdir(), "warren-loop-"));
  try {
    const file = join(directory, "disk");
    writeFileSync(file, Buffer.alloc(1024 * 1024));
    const { stdout } = execaSync("losetup", attach(file));
    execaSync("losetup", ["--detach", stdout]);
    return "";
  } catch (error) {
    return `losetup failed: ${(error as Error).message.split("\n").at(-1)}`;
  } finally {
    rmSync(directory, { recursive: true });
  }
};
export const whyNoLoopDevices = reasonAgainst();

export class LoopDevice {
  readonly path: string;

  readonly #file: string;

  private constructor(path: string, file: string) {
    this.path = path;
    this.#file = file;
  }

  /** 16 MiB of nothing, as a new volume is. */
  static async make(file: string): Promise<LoopDevice> {
    await writeFile(file, "");
    await truncate(file, SIZE);
    return new LoopDevice((await execa("losetup", attach(file))).stdout, file);
  }

  /** As a volume that somebody modified is: larger, with what is on it. @param factor of the size that a new one has */
  async grow(factor: number): Promise<void> {
    await truncate(this.#file, factor * SIZE);
    await execa("losetup", ["--set-capacity", this.path]);
  }

  /** What blkid sees on it, such as TYPE and LABEL. */
  async content(): Promise<Record<string, string>> {
    const { stdout } = await execa("blkid", ["--probe", "--output", "export", this.path]);
    return Object.fromEntries(stdout.split("\n").map((line) => line.split("=")));
  }

  /** Loses its group descriptors, which say where everything is; the superblock, and so type and label, stays. */
  async damage(): Promise<void> {
    const device = await open(this.path, "r+");
    await device.write(Buffer.alloc(1024, 0xff), 0, 1024, GROUP_DESCRIPTORS);
    await device.close();
  }

  /** Is as it was when `work` was done, as if the machine had lost its power then: nothing was unmounted. */
  async cutOffAfter(mountPoint: string, work: () => Promise<unknown>): Promise<void> {
    await execa("mount", [this.path, mountPoint]);
    await work();
    await execa("sync", ["--file-system", mountPoint]);
    const then = await readFile(this.path);
    await execa("umount", [mountPoint]);
    await writeFile(this.path, then);
  }

  detach = (): Promise<unknown> => execa("losetup", ["--detach", this.path]);
}

/**
 * Makes a directory in which an unmount is one: a mount namespace that another test makes meanwhile, with `ip netns`,
 * copies every mount, and would keep the device in use. Unmount the directory at the end.
 */
export const shareMounts = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true });
  await execa("mount", ["--bind", directory, directory]);
  await execa("mount", ["--make-shared", directory]);
};
