// What goes wrong inside the local EC2, one JSON line each: callers see only EC2's errors.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

export type Log = (message: string, detail: object) => void;

/** An error's own words and those of its causes: neither is an enumerable property. */
const plain = (value: unknown): unknown => {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack, cause: plain(value.cause) };
};

export const logFile = (logDir: string): Log => {
  mkdirSync(logDir, { recursive: true });
  const file = join(logDir, "ec2.log");
  return (message, detail) => {
    const entries = Object.entries(detail).map(([key, value]) => [key, plain(value)]);
    const line = { at: new Date().toISOString(), message, ...Object.fromEntries(entries) };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
};
