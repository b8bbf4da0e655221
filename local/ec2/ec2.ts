// The local EC2 composed: what SDKs reach through AWS_ENDPOINT_URL_EC2 and AWS_ENDPOINT_URL_SSM, and the machines behind it.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { attachmentActions } from "./actions/attachments.ts";
import { changeInstancesActions } from "./actions/change-instances.ts";
import { describeInstancesActions } from "./actions/describe-instances.ts";
import { instanceAccessActions } from "./actions/instance-access.ts";
import { runInstancesActions } from "./actions/run-instances.ts";
import { snapshotActions } from "./actions/snapshots.ts";
import { tagActions } from "./actions/tags.ts";
import { volumeModificationActions } from "./actions/volume-modifications.ts";
import { volumeActions } from "./actions/volumes.ts";
import { Authorisation } from "./authorisation/authorisation.ts";
import { Delays } from "./faults/delays.ts";
import { Faults } from "./faults/faults.ts";
import type { IsolationMode } from "./isolation/isolation.ts";
import type { ConnectorCommand } from "./machine/connectors.ts";
import { Lifecycle } from "./machine/lifecycle.ts";
import { logFile } from "./machine/log-file.ts";
import { chooseMachineKind, type MachineKind } from "./machine/machine-kind.ts";
import { MachineManager, type MachineReport } from "./machine/machine-manager.ts";
import { type Clients, readAccountId, readZones } from "./ministack/ministack-reads.ts";
import type { Actions } from "./protocol/action.ts";
import { startRunCommand } from "./run-command/run-command.ts";
import { Calls } from "./server/calls.ts";
import { ec2Server } from "./server/server.ts";
import { BlockStore } from "./world/block-store.ts";
import { newWorld, type World } from "./world/world.ts";

export interface Ec2Options {
  /** port of the EC2 endpoint on loopback; a free one without it */
  port?: number;
  /** needed only once calls come: it may start after this */
  ministackUrl: string;
  region: string;
  /** administrator's credentials for MiniStack */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** where connectors connect to: `host:port` of the tunnel listener, and its certificate authority */
  edge: { address: string; caFile: string };
  /** volumes, snapshots and the machines' directories */
  stateDir: string;
  /** `ec2.log`, and `machines/` with one console file per instance */
  logDir: string;
  /** how machines are kept apart; without it WARREN_ISOLATION decides, else namespaces where they can be had */
  isolation?: IsolationMode | undefined;
  /** another connector than cloudflared or ours */
  connectorCommand?: ConnectorCommand;
  /** added to the boot script's environment, such as `BOOT_DEADLINE_SECONDS` */
  bootEnvironment?: Record<string, string>;
  /** how long terminated instances are still described; EC2 says about an hour */
  terminatedVisibleMs?: number;
  /** how long a machine may take to go down before it is killed */
  stopDeadlineMs?: number;
  /** what exists from the start; nothing without it */
  world?: World;
}

export interface Ec2 {
  /** for AWS_ENDPOINT_URL_EC2 and AWS_ENDPOINT_URL_SSM */
  url: string;
  /** how machines are kept apart, and why so */
  isolation: { mode: IsolationMode; reason: string };
  /** which connector they run */
  connector: string;
  /** the machines that run now */
  machines: () => MachineReport[];
  /** Ends the endpoint, then every machine. */
  close: () => Promise<void>;
}

const hourMs = 3_600_000;

const adminAccess = ({ ministackUrl, region, credentials }: Ec2Options) => ({
  endpoint: ministackUrl,
  region,
  credentials,
});

const clientsFor = (options: Ec2Options): Clients => {
  const config = adminAccess(options);
  return {
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
};

/** The parts that the actions work on. */
const partsFor = (options: Ec2Options, clients: Clients, { isolation, connector }: MachineKind) => {
  const { region, edge, logDir, stopDeadlineMs = 5_000 } = options;
  const world = options.world ?? newWorld();
  const blockStore = new BlockStore(options.stateDir);
  const delays = new Delays();
  const machineManager = new MachineManager({
    delays,
    clients,
    blockStore,
    region,
    isolation,
    stopDeadlineMs,
    caFile: edge.caFile,
    connectorCommand: connector.command,
    bootEnvironment: options.bootEnvironment ?? {},
    logDir: join(logDir, "machines"),
  });
  const log = logFile(logDir);
  const lambda = new LambdaClient(adminAccess(options));
  const authorisation = new Authorisation({ clients, lambda, world, region });
  const lifecycle = new Lifecycle({ world, machineManager, blockStore, log, delays });
  const accountId = () => readAccountId(clients);
  const runCommand = startRunCommand({ world, machineManager, authorisation, region, accountId });
  return {
    clients,
    world,
    blockStore,
    machineManager,
    log,
    lifecycle,
    delays,
    authorisation,
    accountId,
    runCommand,
    calls: new Calls(),
    faults: new Faults(),
  };
};
type Parts = ReturnType<typeof partsFor>;

const actionsFor = (parts: Parts, { region, terminatedVisibleMs = hourMs }: Ec2Options): Actions => {
  const { clients, accountId } = parts;
  return {
    ...runInstancesActions({ ...parts, region }),
    ...describeInstancesActions({ ...parts, region, terminatedVisibleMs }),
    ...changeInstancesActions(parts),
    ...instanceAccessActions(parts),
    ...volumeActions({ ...parts, region, accountId, zones: () => readZones(clients) }),
    ...volumeModificationActions(parts),
    ...attachmentActions(parts),
    ...snapshotActions({ ...parts, accountId }),
    ...tagActions({ ...parts, ec2: clients.ec2 }),
  };
};

/** @throws Error if the port is taken, or if namespaces are asked for and cannot be had */
export const startEc2 = async (options: Ec2Options): Promise<Ec2> => {
  const clients = clientsFor(options);
  const kind = await chooseMachineKind({ ...options, clients });
  const parts = partsFor(options, clients, kind);
  const { world, blockStore, lifecycle, calls, faults, delays, machineManager, runCommand } = parts;
  const machines = () => machineManager.report();
  const reset = async (): Promise<void> => {
    await lifecycle.close();
    await blockStore.clear();
    runCommand.forget();
    for (const records of [world.instances, world.volumes, world.snapshots]) records.clear();
    calls.clear();
    faults.clear();
  };
  const admin = { calls, faults, delays, machines, world, reset };
  const server = ec2Server({
    ...parts,
    actions: actionsFor(parts, options),
    admin,
    ministackUrl: options.ministackUrl,
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening").catch(async (error) => {
    await kind.isolation.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    runCommand.forget();
    await lifecycle.close();
    await kind.isolation.close();
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { mode, reason } = kind.isolation;
  return { url, isolation: { mode, reason }, connector: kind.connector.name, machines, close };
};
