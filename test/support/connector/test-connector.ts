// Runs a connector as the machines do: a process with cloudflared's command line. Ours, or the real one.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestCloudflare } from "../cloudflare/test-cloudflare.ts";

const METRICS = /Starting metrics server on (127\.0\.0\.1:\d+)\/metrics/;
const START_TIMEOUT_MS = 10_000;

export interface ConnectorProgram {
  name: string;
  command: string;
  /** Before the command line proper. */
  args: readonly string[];
}

export const OURS: ConnectorProgram = {
  name: "our connector",
  command: process.execPath,
  args: [fileURLToPath(new URL("../../../local/connector/connector.ts", import.meta.url))],
};

export const cloudflared = (path: string): ConnectorProgram => ({
  name: "cloudflared",
  command: path,
  args: [],
});

export interface RunningConnector {
  process: ChildProcess;
  log(): string;
  /** http://host:port of /ready. */
  metricsUrl(): Promise<string>;
  /** Sends the signal; the exit code, or the signal that ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** @param flags win over the usual ones, where they say otherwise */
export const startConnector = async (
  cloudflare: TestCloudflare,
  program: ConnectorProgram,
  token: string,
  flags: readonly string[] = [],
): Promise<RunningConnector> => {
  const directory = await mkdtemp(join(tmpdir(), "warren-connector-"));
  const tokenFile = join(directory, "token");
  await writeFile(tokenFile, `${token}\n`, { mode: 0o600 });
  const child = spawn(program.command, [...program.args, ...commandLine(cloudflare, tokenFile), ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    // Halves the start of ours; cloudflared does not know it.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), "warren-compile-cache") },
  });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const exited = once(child, "exit").then(([code, signal]) => code ?? signal);
  void exited.then(() => rm(directory, { recursive: true }));
  return {
    process: child,
    log: () => log,
    metricsUrl: async () => `http://${await firstMatch(child, () => log, METRICS)}`,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
};

const commandLine = ({ tunnelAddress, caFile }: TestCloudflare, tokenFile: string): string[] => [
  ...["tunnel", "--edge", tunnelAddress, "--cacert", caFile, "--protocol", "http2", "--ha-connections", "1"],
  ...["--metrics", "127.0.0.1:0", "--no-autoupdate", "--no-prechecks", "--management-diagnostics=false"],
  ...["--grace-period", "5s", "run", "--token-file", tokenFile],
];

const firstMatch = async (child: ChildProcess, log: () => string, pattern: RegExp): Promise<string> => {
  const deadline = AbortSignal.timeout(START_TIMEOUT_MS);
  for (;;) {
    const found = pattern.exec(log())?.[1];
    if (found !== undefined) return found;
    await once(child.stderr as NodeJS.EventEmitter, "data", { signal: deadline });
  }
};
