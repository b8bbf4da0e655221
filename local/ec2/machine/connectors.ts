// Which connector the machines run: cloudflared itself where they are real enough for it, else ours.
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { findProgram } from "../../find-program.ts";
import type { IsolationMode } from "../isolation/isolation.ts";

const ourProgram = fileURLToPath(new URL("../../connector/connector.ts", import.meta.url));

/** Where a machine's connector finds things. */
interface ConnectorPlace {
  /** host:port of the edge's tunnel listener */
  edgeAddress: string;
  /** certificate authority of that listener */
  caFile: string;
  /** written by the boot script */
  tokenFile: string;
  /** the machine's own port for `/ready` and `/metrics` */
  metricsPort: number;
  /** instead of the ingress rule's `localhost:8080`; only where machines share one loopback */
  originUrl?: string;
}

/** Command line of the connector unit. */
export type ConnectorCommand = (place: ConnectorPlace) => string[];

export interface Connector {
  /** for the person at the terminal */
  name: string;
  command: ConnectorCommand;
}

/** One connection, as the local edge has one address. */
const tunnel = ({ edgeAddress, caFile, metricsPort }: ConnectorPlace): string[] => [
  ...["tunnel", "--edge", edgeAddress, "--cacert", caFile, "--protocol", "http2", "--ha-connections", "1"],
  ...["--metrics", `127.0.0.1:${metricsPort}`, "--no-autoupdate", "--no-prechecks"],
];
const run = ({ tokenFile }: ConnectorPlace): string[] => ["run", "--token-file", tokenFile];

const ours: Connector = {
  name: "local/connector",
  command: (place) => [
    ...[process.execPath, ourProgram, ...tunnel(place)],
    ...(place.originUrl === undefined ? [] : ["--origin", place.originUrl]),
    ...run(place),
  ],
};

/** cloudflared takes the ingress rule as it is: it needs machines that have a port 8080 each. */
export const chooseConnector = async (mode: IsolationMode): Promise<Connector> => {
  const cloudflared = mode === "namespace" ? findProgram("cloudflared") : undefined;
  if (cloudflared === undefined) return ours;
  const { stdout } = await execa(cloudflared, ["--version"]);
  const [, version = "of unknown version"] = /version (\S+)/.exec(stdout) ?? [];
  return {
    name: `cloudflared ${version}`,
    command: (place) => [cloudflared, ...tunnel(place), ...run(place)],
  };
};
