// Runs a script as the SSM agent runs those of aws:runShellScript: its lines as one, by sh, to the last line's exit code.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Readable } from "node:stream";
import type { CommandResult, ShellCommand } from "./messages.ts";

/** Characters that GetCommandInvocation answers (API reference). */
const mostStdout = 24_000;
const mostStderr = 8_000;

/** Of a shell whose command was killed (128 + SIGKILL), and the agent's for a script whose time was over. */
const killedExitCode = 137;

/** The beginning of what a program prints; the rest is read, so that it need not wait, and dropped. */
const collect = (stream: Readable, most: number): (() => string) => {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(0, most);
  });
  return () => text;
};

/** Of the process and all that it started, as far as `ps` can tell. */
const family = (pid: number): number[] => {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=", "-o", "ppid="], { encoding: "utf8" });
  const processes = (stdout ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    found.push(...processes.filter(([, ppid]) => ppid === parent).map(([child = 0]) => child));
  }
  return found;
};

const killFamily = (pid: number): void => {
  for (const one of family(pid)) {
    try {
      process.kill(one, "SIGKILL");
    } catch (error) {
      // ESRCH: it has just ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
};

/** Like the agent, it waits for the output's end too: a background process that keeps it open takes the whole time. */
const untilEnded = (child: ChildProcess, timeoutSeconds: number): Promise<number> => {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      killFamily(child.pid ?? 0);
      resolve(killedExitCode);
    }, timeoutSeconds * 1000);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve(code ?? killedExitCode);
    });
    child.once("error", () => resolve(1));
  });
};

/** It stays in the machine's process group, so that it ends with the machine. */
export const runScript = async (
  { text, timeoutSeconds }: Pick<ShellCommand, "text" | "timeoutSeconds">,
  env: Record<string, string>,
): Promise<CommandResult> => {
  const child = spawn("sh", ["-c", text], { env, stdio: ["ignore", "pipe", "pipe"] });
  const stdout = collect(child.stdout, mostStdout);
  const stderr = collect(child.stderr, mostStderr);
  const exitCode = await untilEnded(child, timeoutSeconds);
  return { exitCode, stdout: stdout(), stderr: withAgentsWords(stderr(), exitCode) };
};

/** As it stands at the end of a failed command's error output. */
const withAgentsWords = (stderr: string, exitCode: number): string => {
  if (exitCode === 0 || exitCode === killedExitCode) return stderr;
  return `${stderr}failed to run commands: exit status ${exitCode}`.slice(0, mostStderr);
};
