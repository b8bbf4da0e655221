// One running machine as the stage sees it: a detached process group led by init.ts, with an IPC channel to it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Place } from "../isolation/isolation.ts";
import { compileCache } from "./compile-cache.ts";
import type {
  BootMessage,
  CommandNews,
  FromInit,
  Metadata,
  ShellCommand,
  ToInit,
  UnitReport,
} from "./messages.ts";

const initProgram = fileURLToPath(new URL("init.ts", import.meta.url));
const bootDeadlineMs = 30_000;

export interface MachineOptions {
  boot: Omit<BootMessage, "type">;
  place: Pick<Place, "enter" | "leave">;
  /** Everything that the machine's programs print is appended here. */
  consoleFile: string;
  /** How long a machine may take to go down before it is killed. */
  stopDeadlineMs: number;
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: nothing of the group is left, which is what is wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

export class Machine {
  readonly pid: number;
  /** Resolves when the machine's processes and its place are gone, for whatever reason. */
  readonly gone: Promise<void>;
  readonly #process: ChildProcess;
  readonly #stopDeadlineMs: number;
  readonly #listeners = new Map<string, (news: CommandNews) => void>();
  #units: UnitReport[] = [];

  private constructor(child: ChildProcess, pid: number, { place, stopDeadlineMs }: MachineOptions) {
    this.#process = child;
    this.#stopDeadlineMs = stopDeadlineMs;
    this.pid = pid;
    this.gone = once(child, "exit").then(() => {
      killGroup(pid);
      return place.leave();
    });
    child.on("message", (message: FromInit) => {
      if (message.type === "units") this.#units = message.units;
      if (message.type === "command") this.#listeners.get(message.id)?.(message.news);
    });
  }

  /** Powers the machine on. @returns once its metadata service answers and its boot script runs */
  static async start(options: MachineOptions): Promise<Machine> {
    const { boot, consoleFile, place } = options;
    const console = openSync(consoleFile, "a", 0o600);
    // Nothing of the stage's own environment goes in: it holds the administrator's credentials.
    const [program = "", ...parameters] = place.enter([process.execPath, initProgram]);
    const child = spawn(program, parameters, {
      detached: true,
      env: compileCache,
      stdio: ["ignore", console, console, "ipc"],
    });
    closeSync(console);
    await once(child, "spawn");
    const machine = new Machine(child, child.pid ?? 0, options);
    machine.#send({ type: "boot", ...boot });
    await machine.#ready();
    return machine;
  }

  get units(): UnitReport[] {
    return this.#units;
  }

  /** New tags or credentials. */
  update(metadata: Metadata): void {
    this.#send({ type: "metadata", metadata });
  }

  /**
   * Hands a script to the machine's agent.
   * @param listener hears what becomes of it; a machine that is frozen or going down reports nothing
   */
  run(command: ShellCommand, listener: (news: CommandNews) => void): void {
    this.#listeners.set(command.id, listener);
    this.#send({ type: "command", command });
  }

  /** As the power button does: the machine ends its programs; what is left after the deadline is killed. */
  async stop(): Promise<void> {
    const kill = setTimeout(() => killGroup(this.pid), this.#stopDeadlineMs);
    this.#process.kill("SIGTERM");
    await this.gone;
    clearTimeout(kill);
  }

  #send(message: ToInit): void {
    // A machine that is just going down has closed its channel: it needs no news any more.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  async #ready(): Promise<void> {
    const signal = AbortSignal.timeout(bootDeadlineMs);
    const ready = once(this.#process, "message", { signal });
    try {
      await Promise.race([
        ready,
        this.gone.then(() => Promise.reject(new Error("the machine went down at once"))),
      ]);
    } catch (error) {
      killGroup(this.pid);
      throw new Error("The machine did not boot: its console file says why", { cause: error });
    }
  }
}
