// What runs on a local machine: the AMI's boot script, and the commands that its units stand for here.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BootEnvironment } from "../../../core/machine/machine-contract.ts";
import { dataDevice } from "../../../core/machine/machine-contract.ts";
import type { SecretName } from "../../../core/tenant/names.ts";
import { frontCommand } from "../../front/front-command.ts";
import type { Place } from "../isolation/isolation.ts";
import { compileCache } from "./compile-cache.ts";
import type { ConnectorCommand } from "./connectors.ts";
import type { BootMessage, UnitSpec } from "./messages.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const scripts = path("../../../image-builder/files");
const scriptOfTheImage = (name: string): string => join(scripts, name);

const applicationProgram = path("../../tenant-app/tenant-app.ts");
const shims = path("bin");

export interface ProgramOptions {
  /** the machine's own directory */
  root: string;
  place: Place;
  /** certificate authority of the edge's tunnel listener */
  caFile: string;
  connectorCommand: ConnectorCommand;
  /** added to the boot script's environment, such as a shorter deadline */
  bootEnvironment: Record<string, string>;
  /** seconds that the application takes to start, each time anew, as a database that recovers does */
  applicationStart: number;
}

/** All that a program of the machine gets from outside; the tools it needs are found as everywhere else. */
const baseEnvironment = (): Record<string, string> => ({
  PATH: `${shims}:${process.env.PATH ?? ""}:${scripts}`,
  LANG: "C.UTF-8",
  TZ: "UTC",
  ...compileCache,
});

const runDirectory = (root: string): string => join(root, "run");
const secretFile = (root: string, secret: SecretName): string => join(runDirectory(root), secret);
const dataDirectory = (root: string): string => join(root, "data");

/** Where machines share one loopback, nothing is where the AMI's programs look for it by themselves. */
const sharedLoopback = ({ metadata, ports }: Place): BootEnvironment => {
  return {
    IMDS_ENDPOINT: `http://${metadata.host}:${metadata.port}`,
    HEALTH_URL: `http://127.0.0.1:${ports.app}/health`,
    READY_URL: `http://127.0.0.1:${ports.metrics}/ready`,
  };
};

const bootEnvironment = ({ root, place }: ProgramOptions): BootEnvironment => {
  // The users of the AMI do not exist here: everything is the stage's own.
  const user = String(process.getuid?.() ?? 0);
  return {
    ...(place.namespace === undefined && sharedLoopback(place)),
    AWS_ENDPOINT_URL: place.awsUrl,
    RUN_DIRECTORY: runDirectory(root),
    DATA_DEVICE: join(root, dataDevice),
    DATA_DIRECTORY: dataDirectory(root),
    CONNECTOR_USER: user,
    FRONT_USER: user,
    TENANT_IMAGE: tenantImage,
    APP_USER: user,
  };
};

/** For the scripts of the image. */
const scriptEnvironment = (options: ProgramOptions): Record<string, string> => ({
  ...baseEnvironment(),
  ...bootEnvironment(options),
  SYSTEMCTL_URL: `http://127.0.0.1:${options.place.ports.systemctl}`,
});

const connector = ({ root, place, caFile, connectorCommand }: ProgramOptions): string[] =>
  connectorCommand({
    edgeAddress: place.edgeAddress,
    caFile,
    tokenFile: secretFile(root, "tunnel-token"),
    metricsPort: place.ports.metrics,
    ...(place.namespace === undefined && { originUrl: `http://127.0.0.1:${place.ports.front}` }),
  });

/** What compose.yaml gives the application. */
const applicationEnvironment = ({
  root,
  place,
  applicationStart,
}: ProgramOptions): Record<string, string> => ({
  STARTS_WITHIN_SECONDS: String(applicationStart),
  PORT: String(place.ports.app),
  DATA_DIRECTORY: join(dataDirectory(root), "app"),
  ADMIN_TOKEN_FILE: secretFile(root, "admin-token"),
  DATABASE_PASSWORD_FILE: secretFile(root, "database-password"),
});

/** The digest that a local machine's front tells: there is no image here. */
const tenantImage = `local@sha256:${"0".repeat(64)}`;

const frontEnvironment = ({ place }: ProgramOptions): Record<string, string> => ({
  FRONT_PORT: String(place.ports.front),
  APP_PORT: String(place.ports.app),
  HEALTH_PATH: "/health",
});

const units = (options: ProgramOptions): UnitSpec[] => {
  const environmentFile = join(runDirectory(options.root), "tenant.env");
  const common = { environmentFile, environment: baseEnvironment() };
  const application = { ...common.environment, ...applicationEnvironment(options) };
  return [
    {
      ...common,
      name: "warren-connector",
      command: connector(options),
      wants: ["warren-connector-watchdog"],
    },
    {
      ...common,
      name: "warren-connector-watchdog",
      command: ["bash", scriptOfTheImage("connector-watchdog.sh")],
      environment: scriptEnvironment(options),
    },
    {
      name: "warren-front",
      command: frontCommand(runDirectory(options.root)),
      environment: { ...common.environment, ...frontEnvironment(options) },
      environmentFile: join(runDirectory(options.root), "front.env"),
    },
    {
      ...common,
      name: "warren-app",
      command: [process.execPath, applicationProgram],
      environment: application,
    },
  ];
};

export const programs = (options: ProgramOptions): Omit<BootMessage, "type" | "metadata"> => ({
  metadataAddress: options.place.metadata,
  systemctlAddress: { host: "127.0.0.1", port: options.place.ports.systemctl },
  bootCommand: ["bash", scriptOfTheImage("boot.sh")],
  bootEnvironment: { ...scriptEnvironment(options), ...options.bootEnvironment },
  commandEnvironment: scriptEnvironment(options),
  units: units(options),
});
