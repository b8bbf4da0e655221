// The files of the image as install.sh puts them, in a directory, with what else the units need of a machine.
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const installer = fileURLToPath(new URL("../../../image-builder/files/install.sh", import.meta.url));

/** Why units cannot be looked at here; empty where they can. On Linux a missing systemd is a failure, not a reason. */
export const whyNoSystemd = process.platform === "linux" ? "" : "systemd is Linux's";

const dockerUnit = "[Service]\nExecStart=/usr/bin/docker\n";

export class ImageRoot {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<ImageRoot> {
    const root = new ImageRoot(await mkdtemp(join(tmpdir(), "warren-image-")));
    await execa("bash", [installer, root.directory]);
    await cp("/usr/lib/systemd/system", root.file("usr/lib/systemd/system"), { recursive: true });
    await root.#put("usr/lib/systemd/system/docker.service", dockerUnit, 0o644);
    for (const program of ["usr/bin/docker", "usr/local/bin/cloudflared", "usr/sbin/haproxy"])
      await root.#put(program, "", 0o755);
    return root;
  }

  file = (path: string): string => join(this.directory, path);
  remove = (): Promise<void> => rm(this.directory, { recursive: true });

  /** Asks systemd-analyze about the units of this root. @throws Error saying what to install where it is missing */
  async analyze(
    verb: string,
    ...parameters: string[]
  ): Promise<{ exitCode: number | undefined; all: string }> {
    const command = [verb, `--root=${this.directory}`, "--man=no", ...parameters];
    const { exitCode, all, code } = await execa("systemd-analyze", command, { all: true, reject: false });
    if (code === "ENOENT") throw new Error("There is no systemd-analyze: install Debian's package systemd.");
    return { exitCode, all };
  }

  async #put(path: string, content: string, mode: number): Promise<void> {
    await mkdir(dirname(this.file(path)), { recursive: true });
    await writeFile(this.file(path), content, { mode });
  }
}
