// Names of network namespaces tell which process made them, so that those of a killed stage are known, and only those.
import { readFileSync } from "node:fs";

/** When the process started, in clock ticks since the computer did: with the id, unique. Source: proc_pid_stat(5), field 22. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
};

let stages = 0;

/** One per call, as a process may run several stages: `warren-<pid>-<start>-<count>`. */
export const newStageId = (): string => {
  stages += 1;
  return `warren-${process.pid}-${startOf(process.pid)}-${stages}`;
};

const ours = /^warren-(\d+)-(\d+)-\d+-/;

/** Whether a namespace of this name belongs to a stage that runs no longer. */
export const isLeftOver = (namespace: string): boolean => {
  const [, pid, start] = ours.exec(namespace) ?? [];
  return pid !== undefined && startOf(Number(pid)) !== start;
};
