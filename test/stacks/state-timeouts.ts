// How long the states of workflows let their tasks take.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const stateMachines = join(import.meta.dirname, "..", "..", "state-machines");

/** Seconds, by task; the least of them where several states run the same task. */
export const stateTimeouts = (...workflows: string[]): Map<string, number> => {
  const timeouts = new Map<string, number>();
  for (const name of workflows) {
    JSON.parse(readFileSync(join(stateMachines, `${name}.asl.json`), "utf8"), (_, value) => {
      const [, placeholder] = /^\$\{(\w+)FunctionArn\}$/.exec(value?.Arguments?.FunctionName ?? "") ?? [];
      if (placeholder) {
        const task = kebabCase(placeholder);
        timeouts.set(task, Math.min(value.TimeoutSeconds, timeouts.get(task) ?? Number.POSITIVE_INFINITY));
      }
      return value;
    });
  }
  return timeouts;
};

/** `CreateDNSRecord` is `create-dns-record`. */
const kebabCase = (name: string): string =>
  name
    .replace("DNS", "Dns")
    .replace(/(?<=[a-z])[A-Z]/g, "-$&")
    .toLowerCase();
