// Supervises a machine's units as systemd would with `Restart=always` and `RestartSec=2`.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { UnitReport, UnitSpec } from "./messages.ts";

const restartDelayMs = 2_000;

const readEnvironmentFile = (file: string): Record<string, string> => {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
};

/** One unit: started and stopped by name, started again whenever it exits by itself. */
export class Unit {
  readonly #spec: UnitSpec;
  readonly #changed: () => void;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  #restarts = 0;

  constructor(spec: UnitSpec, changed: () => void) {
    this.#spec = spec;
    this.#changed = changed;
  }

  get name(): string {
    return this.#spec.name;
  }

  get wants(): string[] {
    return this.#spec.wants ?? [];
  }

  report(): UnitReport {
    const state = this.#process ? "active" : this.#timer ? "restarting" : "inactive";
    return { name: this.name, state, pid: this.#process?.pid, restarts: this.#restarts };
  }

  start(): void {
    this.#wanted = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#process) return;
    const [program = "", ...parameters] = this.#spec.command;
    const env = { ...this.#spec.environment, ...readEnvironmentFile(this.#spec.environmentFile) };
    const child = spawn(program, parameters, { env, stdio: ["ignore", "inherit", "inherit"] });
    this.#process = child;
    child.once("exit", () => this.#ended());
    child.once("error", () => this.#ended());
    this.#changed();
  }

  /** Resolves when the process is gone; one that ignores SIGTERM is killed after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const child = this.#process;
    if (!child) return this.#changed();
    const kill = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    clearTimeout(kill);
  }

  #ended(): void {
    this.#process = undefined;
    if (this.#wanted) {
      this.#restarts += 1;
      this.#timer = setTimeout(() => this.start(), restartDelayMs);
    }
    this.#changed();
  }
}
