// The stage's network: a namespace that every machine is wired to, where the groups' rules are enforced, out of reach
// of the machine itself as on EC2. It has no way out: what machines may reach are the stage's own servers.
import { Forwarder } from "./forwarder.ts";
import type { GroupRules } from "./group-rules.ts";
import type { Address, Servers } from "./isolation.ts";
import type { Netns } from "./netns.ts";

/** The production ports, so that the production rules hold. Addresses of the documentation range (RFC 5737). */
const aws: Address = { host: "198.51.100.1", port: 443 };
const edge: Address = { host: "198.51.100.2", port: 7844 };
export const standIns: Servers = {
  awsUrl: `http://${aws.host}:${aws.port}`,
  edgeAddress: `${edge.host}:${edge.port}`,
};

/** The router's address on every wire. */
export const gateway = "169.254.1.1";

/** What comes in from a wire passes its machine's outbound rules, what goes out to one that machine's inbound rules. */
const firewall = `
  table inet warren {
    map senders { type ifname : verdict; }
    map receivers { type ifname : verdict; }
    chain input {
      type filter hook input priority filter; policy drop;
      ct state established,related accept
      iif lo accept
      iifname vmap @senders
      ip daddr { ${aws.host}, ${edge.host} } accept
    }
    chain forward {
      type filter hook forward priority filter; policy drop;
      ct state established,related accept
      iifname vmap @senders
      oifname vmap @receivers
    }
  }`;

/** A machine's end of the network. */
export interface Wire {
  /** interface in the router's namespace; never used twice, as the kernel takes one away at its leisure */
  name: string;
  privateIp: string;
  rules: GroupRules;
}

export class Router {
  readonly namespace: string;
  readonly #netns: Netns;
  readonly #forwarder = new Forwarder();
  readonly #connected = new Set<string>();
  /** One change after the other: simultaneous ones of nftables would have to be repeated. */
  #change: Promise<unknown> = Promise.resolve();

  constructor(netns: Netns, stageId: string) {
    this.#netns = netns;
    this.namespace = `${stageId}-router`;
  }

  async open(servers: Servers): Promise<void> {
    await this.#netns.add(this.namespace);
    const addresses = [aws, edge].map(({ host }) => `address add ${host}/32 dev lo`);
    await this.#netns.configure(this.namespace, ["link set lo up", ...addresses]);
    await this.#filter([firewall]);
    await this.#forwarder.open(this.#netns, this.namespace, [
      { from: aws, to: addressOf(new URL(servers.awsUrl).host) },
      { from: edge, to: addressOf(servers.edgeAddress) },
    ]);
  }

  /** Connects the wire's end here: rules first, so that no packet goes without. */
  async connect(wire: Wire): Promise<void> {
    const { name, privateIp } = wire;
    await this.#filter([
      ...chainsOf(wire),
      `add element inet warren senders { ${name} : jump from-${name} }`,
      `add element inet warren receivers { ${name} : jump to-${name} }`,
    ]);
    this.#connected.add(name);
    await this.#netns.configure(this.namespace, [
      `link set ${name} up`,
      `address add ${gateway}/32 dev ${name}`,
      `route replace ${privateIp}/32 dev ${name}`,
    ]);
  }

  /** Other rules for a wire that is connected, without a moment between the old and the new. */
  async enforce(wire: Wire): Promise<void> {
    if (this.#connected.has(wire.name)) await this.#filter(chainsOf(wire));
  }

  /** Forgets the wire's rules; the wire itself goes with its machine's namespace. */
  async disconnect({ name }: Wire): Promise<void> {
    if (!this.#connected.delete(name)) return;
    await this.#filter([
      `delete element inet warren senders { ${name} }`,
      `delete element inet warren receivers { ${name} }`,
      `delete chain inet warren from-${name}`,
      `delete chain inet warren to-${name}`,
    ]);
  }

  async close(): Promise<void> {
    this.#forwarder.close();
    await this.#netns.remove(this.namespace);
  }

  async #filter(commands: string[]): Promise<void> {
    const change = this.#change.then(() => this.#netns.filter(this.namespace, commands));
    this.#change = change.catch(() => undefined);
    await change;
  }
}

const chainsOf = ({ name, privateIp, rules }: Wire): string[] => [
  ...chain(`from-${name}`, [
    `ip saddr != ${privateIp} drop`,
    ...rules.outbound.map((match) => `${match} return`),
    "drop",
  ]),
  ...chain(
    `to-${name}`,
    rules.inbound.map((match) => `${match} accept`),
  ),
];

/** Whether it is there or not, it holds these rules alone afterwards. */
const chain = (name: string, rules: string[]): string[] => [
  `add chain inet warren ${name}`,
  `flush chain inet warren ${name}`,
  ...rules.map((rule) => `add rule inet warren ${name} ${rule}`),
];

const addressOf = (hostAndPort: string): Address => {
  const [host = "", port] = hostAndPort.split(":");
  return { host, port: Number(port) };
};
