// What the stage's processes hold together: the tests' own and all that descend from it.
import { readdir, readFile } from "node:fs/promises";

interface Process {
  pid: number;
  parent: number;
  kibibytes: number;
}

/** In MiB, shared pages counted by their share; 0 where /proc does not tell. */
export const memoryOfStage = async (): Promise<number> => {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const processes = (await Promise.all(pids.map(processOf))).filter((one) => one !== undefined);
  const family = new Set([process.ppid]);
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return (
    processes.filter(({ pid }) => family.has(pid)).reduce((sum, { kibibytes }) => sum + kibibytes, 0) / 1024
  );
};

const processOf = async (pid: string): Promise<Process | undefined> => {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
    const number = (text: string, name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { pid: Number(pid), parent: number(status, "PPid"), kibibytes: number(rollup, "Pss") };
  } catch {
    return undefined;
  }
};
