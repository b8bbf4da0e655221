// One block of ports: fixed for `npm start`, so that commands can be copied from the docs; free ones for tests.
import getPort from "get-port";
import { OperatorError } from "../../core/operator-error.ts";

const services = ["aws", "ec2", "cloudflare", "tunnel", "edge"] as const;
type Service = (typeof services)[number];
export type StagePorts = Record<Service, number>;

const descriptions: Record<Service, string> = {
  aws: "local AWS",
  ec2: "local machines (EC2)",
  cloudflare: "local Cloudflare API",
  tunnel: "local edge, where connectors connect",
  edge: "local edge, where visitors connect",
};

export const defaultFirstPort = 4566;
/** With a block that ends at 65535. */
export const lastFirstPort = 65_536 - services.length;

/** "Bad ports", which fetch refuses, from 1024 on. Source: the Fetch Standard, "Port blocking". */
const refusedByFetch = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10_080,
]);

/** Those of the block from this port on that no program could be asked on. */
export const refusedPorts = (first: number): number[] =>
  services.map((_, index) => first + index).filter((port) => refusedByFetch.has(port));

class PortTakenError extends OperatorError {
  override name = "PortTakenError";
}

/**
 * @param elsewhere services that the user runs, on whatever port
 * @throws PortTakenError naming every port of the block that something else listens on
 */
export const portBlock = async (first: number, elsewhere: Service[] = []): Promise<StagePorts> => {
  const entries = services.map((service, index) => [service, first + index] as const);
  const taken: string[] = [];
  for (const [service, port] of entries.filter(([service]) => !elsewhere.includes(service))) {
    const free = await getPort({ port, host: "127.0.0.1" });
    if (free !== port) taken.push(`${port} (${descriptions[service]})`);
  }
  if (taken.length > 0) {
    throw new PortTakenError(
      `Port ${taken.join(", ")} is taken. Stop what listens there, or choose another block of ${services.length} ports: npm start -- --first-port 5566`,
    );
  }
  return Object.fromEntries(entries) as StagePorts;
};

export const freePorts = async (): Promise<StagePorts> => {
  const entries: [Service, number][] = [];
  for (const service of services) entries.push([service, await getPort({ host: "127.0.0.1" })]);
  return Object.fromEntries(entries) as StagePorts;
};
