// Machines in network namespaces of their own: their own loopback with the metadata address and the ports of the AMI, and one wire
// to the stage's router.
import { fileURLToPath } from "node:url";
import type { SecurityGroup } from "@aws-sdk/client-ec2";
import { frontPort } from "../../../core/machine/front.ts";
import { applicationPort } from "../../../core/machine/machine-contract.ts";
import type { Instance } from "../world/model.ts";
import { type GroupRules, rulesOf } from "./group-rules.ts";
import type { Isolation, Place, Servers } from "./isolation.ts";
import { Netns, type Tools } from "./netns.ts";
import { gateway, Router, standIns, type Wire } from "./router.ts";
import { newStageId } from "./stage-id.ts";

/** As on EC2 and on the AMI, which has a systemd instead of a port for it. */
const metadata = { host: "169.254.169.254", port: 80 };
const ports = { app: applicationPort, front: frontPort, metrics: 20241, systemctl: 20240 };

/** As in a VPC, beside the metadata service and as little subject to the groups' rules. */
const resolver = "169.254.169.253";

/** `ip netns exec` gives a mount namespace too: this one's /etc/resolv.conf names the machine's own resolver. */
const withOwnResolver = [
  "sh",
  "-c",
  '[ ! -e /etc/resolv.conf ] || mount --bind "$0" /etc/resolv.conf && exec "$@"',
  fileURLToPath(new URL("resolv.conf", import.meta.url)),
];

export interface NamespaceOptions {
  tools: Tools;
  servers: Servers;
  /** the instance's security groups as they are deployed */
  readGroups: (ids: string[]) => Promise<SecurityGroup[]>;
}

export class NamespaceIsolation implements Isolation {
  readonly mode = "namespace";
  readonly reason = "this is Linux, and network namespaces can be made";
  readonly #options: NamespaceOptions;
  readonly #netns: Netns;
  readonly #stageId = newStageId();
  readonly #router: Router;
  #wires = 0;

  private constructor(options: NamespaceOptions) {
    this.#options = options;
    this.#netns = new Netns(options.tools);
    this.#router = new Router(this.#netns, this.#stageId);
  }

  /** @throws Error if this computer does not allow it, with the tool's own words */
  static async open(options: NamespaceOptions): Promise<NamespaceIsolation> {
    const isolation = new NamespaceIsolation(options);
    try {
      await isolation.#netns.removeLeftOvers();
      await isolation.#router.open(options.servers);
    } catch (error) {
      await isolation.close();
      throw error;
    }
    return isolation;
  }

  async place(instance: Instance): Promise<Place> {
    const namespace = `${this.#stageId}-${instance.instanceId}`;
    const { privateIp } = instance;
    this.#wires += 1;
    const wire = { name: `wire${this.#wires}`, privateIp, rules: await this.#rulesOf(instance) };
    const leave = once(() => this.#leave(namespace, wire));
    try {
      await this.#lay(wire, namespace);
    } catch (error) {
      await leave();
      throw error;
    }
    const enter = (command: string[]) => this.#netns.enter(namespace, [...withOwnResolver, ...command]);
    const changeGroups = async (changed: Instance): Promise<void> =>
      this.#router.enforce({ ...wire, rules: await this.#rulesOf(changed) });
    return { namespace, enter, metadata, ports, ...standIns, changeGroups, leave };
  }

  async #rulesOf({ groups }: Instance): Promise<GroupRules> {
    return rulesOf(await this.#options.readGroups(groups.map(({ id }) => id)));
  }

  close = (): Promise<void> => this.#router.close();

  async #lay(wire: Wire, namespace: string): Promise<void> {
    const netns = this.#netns;
    await netns.add(namespace);
    const router = this.#router.namespace;
    await netns.configure(namespace, [
      "link set lo up",
      ...[metadata.host, resolver].map((address) => `address add ${address}/32 dev lo`),
      `link add eth0 type veth peer name ${wire.name} netns ${router}`,
      `address add ${wire.privateIp}/32 dev eth0`,
      "link set eth0 up",
      `route add default via ${gateway} dev eth0 onlink`,
    ]);
    await this.#router.connect(wire);
  }

  async #leave(namespace: string, wire: Wire): Promise<void> {
    await this.#netns.remove(namespace);
    await this.#router.disconnect(wire);
  }
}

const once = (action: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
};
