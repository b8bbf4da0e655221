// One stage per directory: a second copy would share logs and volumes with the first.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";

class StageRunningError extends OperatorError {
  override name = "StageRunningError";
}

/** @returns the function that gives the lock back. @throws StageRunningError with the process id of the other copy. */
export const lockStage = (directory: string): (() => void) => {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "pid");
  const other = readPid(file);
  if (other !== undefined && isAlive(other)) {
    throw new StageRunningError(
      `Warren already runs from this directory, as process ${other}. Use that one, or stop it first (Ctrl-C there, or: kill ${other}).`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
};

const readPid = (file: string): number | undefined => {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
