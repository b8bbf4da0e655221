// Which instances Run Command knows: an agent registers once its machine is up, with the instance's own credentials.
import * as z from "zod";
import type { MachineManager } from "../machine/machine-manager.ts";
import { Ec2Error } from "../protocol/errors.ts";
import { page } from "../protocol/pages.ts";
import { privateDnsName } from "../world/addresses.ts";
import type { Instance } from "../world/model.ts";
import type { World } from "../world/world.ts";
import { type SsmActions, ssmAction, ssmTime } from "./ssm-action.ts";

interface ManagedNodesDeps {
  world: World;
  machineManager: Pick<MachineManager, "find">;
  region: string;
}

const describeInput = z.strictObject({
  Filters: z.array(z.strictObject({ Key: z.string(), Values: z.array(z.string()).min(1) })).default([]),
  MaxResults: z.int().min(5).max(50).default(10),
  NextToken: z.string().optional(),
});

interface NodeInformation {
  InstanceId: string;
  PingStatus: string;
}

const filterKeys: Record<string, (node: NodeInformation) => string> = {
  InstanceIds: ({ InstanceId }) => InstanceId,
  PingStatus: ({ PingStatus }) => PingStatus,
};

export class ManagedNodes {
  readonly #deps: ManagedNodesDeps;

  constructor(deps: ManagedNodesDeps) {
    this.#deps = deps;
  }

  /** @throws Ec2Error InvalidInstanceId, naming those that do not run, or not with an agent */
  requireReachable(instanceIds: string[]): void {
    const { instances } = this.#deps.world;
    const bad = instanceIds.filter((id) => {
      const instance = instances.get(id);
      return instance?.state !== "running" || !isManaged(instance);
    });
    if (bad.length === 0) return;
    throw new Ec2Error("InvalidInstanceId", `Instances [[${bad.join(", ")}]] not in a valid state`);
  }

  actions(): SsmActions {
    return {
      DescribeInstanceInformation: ssmAction(describeInput, ({ Filters, ...request }) => {
        const wanted = Filters.map(({ Key, Values }) => ({ read: filterKey(Key), Values }));
        const found = [...this.#deps.world.instances.values()]
          .filter(isManaged)
          .map((instance) => this.#information(instance))
          .filter((node) => wanted.every(({ read, Values }) => Values.includes(read(node))));
        const { members, nextToken } = page(found, ({ InstanceId }) => InstanceId, request);
        return { InstanceInformationList: members, NextToken: nextToken };
      }),
    };
  }

  #information({ instanceId, privateIp, launchTime, profile }: Instance) {
    const isOnline = this.#deps.machineManager.find(instanceId) !== undefined;
    return {
      InstanceId: instanceId,
      PingStatus: isOnline ? "Online" : "ConnectionLost",
      AgentVersion: "3.3.0.0",
      IsLatestVersion: true,
      ResourceType: "EC2Instance",
      PlatformType: "Linux",
      PlatformName: "Amazon Linux",
      PlatformVersion: "2023",
      IamRole: profile?.roleName,
      IPAddress: privateIp,
      ComputerName: privateDnsName(privateIp, this.#deps.region),
      ...(isOnline && { LastPingDateTime: ssmTime(Date.now()) }),
      RegistrationDate: ssmTime(launchTime),
    };
  }
}

/** Without a role, an agent has nothing to register with. */
const isManaged = ({ profile, state }: Instance): boolean =>
  profile !== undefined && ["running", "stopping", "stopped"].includes(state);

const filterKey = (key: string): ((node: NodeInformation) => string) => {
  const read = filterKeys[key];
  if (read) return read;
  throw new Ec2Error("InvalidFilterKey", `${key} (local/ec2 knows ${Object.keys(filterKeys).join(" and ")})`);
};
