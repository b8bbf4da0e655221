// The command line of cloudflared as far as the local stage uses it, so that the machine's units run either.
import { parseArgs } from "node:util";

export interface ConnectorArguments {
  /** host:port, as many as the connector may spread over. */
  edges: string[];
  caFile: string;
  connections: number;
  /** host:port of /ready and /metrics. */
  metrics: string;
  tokenFile: string;
  gracePeriodMs: number;
  /** Ours alone: replaces `localhost:<port>` of ingress rules, for local machines that share one loopback. */
  origin: string | undefined;
}

/** Its message is for the person at the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const USAGE =
  "usage: connector tunnel --edge HOST:PORT --cacert FILE [--protocol http2] [--ha-connections N] " +
  "[--metrics HOST:PORT] [--grace-period 30s] [--origin URL] run --token-file FILE";

const options = {
  edge: { type: "string", multiple: true },
  cacert: { type: "string" },
  protocol: { type: "string", default: "http2" },
  "ha-connections": { type: "string", default: "4" },
  metrics: { type: "string", default: "127.0.0.1:0" },
  "grace-period": { type: "string", default: "30s" },
  origin: { type: "string" },
  "token-file": { type: "string" },
  // Taken and without effect: this connector neither updates itself, nor checks ahead, nor offers diagnostics.
  "no-autoupdate": { type: "boolean" },
  "no-prechecks": { type: "boolean" },
  "management-diagnostics": { type: "string" },
  loglevel: { type: "string" },
} as const;

/** @throws UsageError */
export const parseArguments = (args: readonly string[]): ConnectorArguments => {
  const { values, positionals } = parse(args);
  if (positionals.join(" ") !== "tunnel run") {
    throw new UsageError(
      `got the command "${positionals.join(" ")}", but only "tunnel run" exists\n${USAGE}`,
    );
  }
  if (values.protocol !== "http2" && values.protocol !== "auto") {
    throw new UsageError(`--protocol is ${values.protocol}; this connector speaks http2 only`);
  }
  return {
    edges: required(values.edge, "edge", "this connector reaches a local edge only"),
    caFile: required(values.cacert, "cacert", "it is the file that the local edge writes at its start"),
    tokenFile: required(values["token-file"], "token-file", "it is the file that holds the tunnel token"),
    connections: positive("ha-connections", values["ha-connections"]),
    gracePeriodMs: duration("grace-period", values["grace-period"]),
    metrics: values.metrics,
    origin: values.origin,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
};

const required = <T>(value: T | undefined, flag: string, why: string): T => {
  if (value === undefined) throw new UsageError(`--${flag} is missing: ${why}\n${USAGE}`);
  return value;
};

const positive = (flag: string, value: string): number => {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new UsageError(`--${flag} is "${value}"; it must be a whole number from 1 to 99`);
};

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

const duration = (flag: string, value: string): number => {
  const [, number, unit] = /^(\d+)(ms|s|m)$/.exec(value) ?? [];
  if (number !== undefined && unit !== undefined) return Number(number) * (UNITS[unit] ?? 0);
  throw new UsageError(`--${flag} is "${value}"; give a number with ms, s or m, such as 30s`);
};
