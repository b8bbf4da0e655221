// What this stage's machines are: how they are kept apart, and with what they connect.
import { chooseIsolation, isolationFromEnvironment } from "../isolation/choose-isolation.ts";
import type { Isolation, IsolationMode } from "../isolation/isolation.ts";
import { type Clients, readSecurityGroups } from "../ministack/ministack-reads.ts";
import { type Connector, type ConnectorCommand, chooseConnector } from "./connectors.ts";

export interface MachineKind {
  isolation: Isolation;
  connector: Connector;
}

interface Wishes {
  isolation?: IsolationMode | undefined;
  connectorCommand?: ConnectorCommand;
  ministackUrl: string;
  edge: { address: string };
  clients: Clients;
}

/** @throws Error if namespaces are asked for and cannot be had */
export const chooseMachineKind = async (wishes: Wishes): Promise<MachineKind> => {
  const { ministackUrl, edge, clients, connectorCommand: command } = wishes;
  const isolation = await chooseIsolation(wishes.isolation ?? isolationFromEnvironment(), {
    servers: { awsUrl: ministackUrl, edgeAddress: edge.address },
    readGroups: (ids) => readSecurityGroups(clients, ids),
  });
  const connector = command ? { name: "as asked for", command } : await chooseConnector(isolation.mode);
  return { isolation, connector };
};
