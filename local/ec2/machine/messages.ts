// What the stage and a machine's init process tell each other over their IPC channel.
import type { Address } from "../isolation/isolation.ts";

/** What the metadata service serves: paths below `/latest/` to their text, and the instance's metadata options. */
export interface Metadata {
  httpTokens: "required" | "optional";
  httpEndpoint: "enabled" | "disabled";
  entries: Record<string, string>;
}

/** A long-running program of the machine, as a systemd unit would describe it. */
export interface UnitSpec {
  name: string;
  command: string[];
  environment: Record<string, string>;
  /** Lines of `NAME=value`, read at every start; written by the boot script. */
  environmentFile: string;
  /** units that are started with it, as systemd's `Wants=` */
  wants?: string[];
}

export interface BootMessage {
  type: "boot";
  metadata: Metadata;
  /** where the metadata service listens */
  metadataAddress: Address;
  /** where the `systemctl` stand-in finds its service */
  systemctlAddress: Address;
  bootCommand: string[];
  bootEnvironment: Record<string, string>;
  /** of the scripts that Run Command sends */
  commandEnvironment: Record<string, string>;
  units: UnitSpec[];
}

/** A script that Run Command sends to the machine's agent. */
export interface ShellCommand {
  id: string;
  text: string;
  timeoutSeconds: number;
  /** epoch ms; it does not start later */
  startBefore: number;
}

export interface CommandResult {
  /** 137 if it was killed, as it is when its time is over */
  exitCode: number;
  /** as much as GetCommandInvocation answers of it */
  stdout: string;
  stderr: string;
}

export type CommandNews = "started" | CommandResult;

export type ToInit =
  | BootMessage
  | { type: "metadata"; metadata: Metadata }
  | { type: "command"; command: ShellCommand };

export interface UnitReport {
  name: string;
  state: "inactive" | "active" | "restarting";
  pid: number | undefined;
  /** How often it was started again after it had exited by itself. */
  restarts: number;
}

export type FromInit =
  | { type: "ready" }
  | { type: "units"; units: UnitReport[] }
  | { type: "command"; id: string; news: CommandNews };
