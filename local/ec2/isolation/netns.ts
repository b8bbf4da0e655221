// Network namespaces by iproute2 and nftables, the administrator's own tools.
import { execa } from "execa";
import { isLeftOver } from "./stage-id.ts";

/** Absolute paths of the programs. */
export interface Tools {
  ip: string;
  nft: string;
}

export class Netns {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  add = (name: string): Promise<unknown> => execa(this.#tools.ip, ["netns", "add", name]);

  /** Ends what still runs inside, then takes the namespace away with its interfaces; nothing to do if it is gone. */
  async remove(name: string): Promise<void> {
    if (!(await this.#list()).includes(name)) return;
    const { stdout } = await execa(this.#tools.ip, ["netns", "pids", name], { reject: false });
    for (const pid of stdout.split("\n").filter(Boolean)) kill(Number(pid));
    const { failed, stderr } = await execa(this.#tools.ip, ["netns", "delete", name], { reject: false });
    // Two stages that start at once find the same left-overs.
    if (failed && (await this.#list()).includes(name)) throw new Error(stderr);
  }

  /** Removes the namespaces that killed stages left behind. */
  async removeLeftOvers(): Promise<void> {
    await Promise.all((await this.#list()).filter(isLeftOver).map((name) => this.remove(name)));
  }

  /** How a program is started inside. */
  enter = (name: string, command: string[]): string[] => [this.#tools.ip, "netns", "exec", name, ...command];

  /** `ip` commands inside, such as `link set lo up`; the first that fails ends them. */
  configure = (name: string, commands: string[]): Promise<unknown> =>
    execa(this.#tools.ip, ["-n", name, "-batch", "-"], { input: commands.join("\n") });

  /** nftables commands inside: all of them or none. */
  filter = (name: string, commands: string[]): Promise<unknown> =>
    execa(this.#tools.ip, ["netns", "exec", name, this.#tools.nft, "-f", "-"], {
      input: commands.join("\n"),
    });

  async #list(): Promise<string[]> {
    const { stdout } = await execa(this.#tools.ip, ["netns", "list"]);
    // A line is `name` or `name (id: 3)`.
    return stdout.split("\n").map((line) => line.split(" ")[0] ?? "");
  }
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // ESRCH: it has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};
