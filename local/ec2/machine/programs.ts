// What runs on a local machine: the AMI's boot script, and the commands that its units stand for here.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BootMessage, UnitSpec } from "./messages.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const bootScript = path("../../../image-builder/files/boot.sh");
const connectorProgram = path("../../connector/connector.ts");
const applicationProgram = path("../../tenant-app/tenant-app.ts");
const shims = path("bin");

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
  /** the tenant's application, which has a port of its own on every machine here */
  originUrl: string;
}

/** Command line of the connector unit; another one than the default runs the real cloudflared. */
export type ConnectorCommand = (place: ConnectorPlace) => string[];

export const localConnector: ConnectorCommand = ({
  edgeAddress,
  caFile,
  tokenFile,
  metricsPort,
  originUrl,
}) => [
  ...[process.execPath, connectorProgram, "tunnel"],
  ...["--edge", edgeAddress, "--cacert", caFile, "--protocol", "http2", "--ha-connections", "1"],
  ...["--metrics", `127.0.0.1:${metricsPort}`, "--origin", originUrl],
  ...["run", "--token-file", tokenFile],
];

export interface ProgramOptions {
  /** the machine's own directory */
  root: string;
  ports: { app: number; metrics: number };
  edge: { address: string; caFile: string };
  connectorCommand: ConnectorCommand;
  /** endpoint for the machine's AWS calls */
  awsUrl: string;
  /** added to the boot script's environment, such as a shorter deadline */
  bootEnvironment: Record<string, string>;
}

/** All that a program of the machine gets from outside; the tools it needs are found as everywhere else. */
const baseEnvironment = (): Record<string, string> => ({
  PATH: `${shims}:${process.env.PATH ?? ""}`,
  LANG: "C.UTF-8",
  TZ: "UTC",
});

function units({ root, ports, edge, connectorCommand }: ProgramOptions): UnitSpec[] {
  const runDirectory = join(root, "run");
  const environmentFile = join(runDirectory, "tenant.env");
  const connector = connectorCommand({
    edgeAddress: edge.address,
    caFile: edge.caFile,
    tokenFile: join(runDirectory, "tunnel-token"),
    metricsPort: ports.metrics,
    originUrl: `http://127.0.0.1:${ports.app}`,
  });
  const appEnvironment = { PORT: String(ports.app), DATA_DIRECTORY: join(root, "dev/sdf") };
  return [
    { name: "warren-connector", command: connector, environment: baseEnvironment(), environmentFile },
    {
      name: "warren-app",
      command: [process.execPath, applicationProgram],
      environment: { ...baseEnvironment(), ...appEnvironment },
      environmentFile,
    },
  ];
}

export const programs = (options: ProgramOptions): Omit<BootMessage, "type" | "metadata"> => ({
  bootCommand: ["bash", bootScript],
  bootEnvironment: {
    ...baseEnvironment(),
    AWS_ENDPOINT_URL: options.awsUrl,
    RUN_DIRECTORY: join(options.root, "run"),
    ...options.bootEnvironment,
  },
  units: units(options),
});
