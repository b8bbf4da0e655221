// RunInstances: a launch template and a request become instances with their root volumes, which then boot.
import type { Faults } from "../faults/faults.ts";
import type { Lifecycle } from "../machine/lifecycle.ts";
import { type Clients, readTemplate } from "../ministack/ministack-reads.ts";
import { type Actions, action } from "../protocol/action.ts";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import { reservationXml } from "../rendering/instance-xml.ts";
import type { BlockStore } from "../world/block-store.ts";
import { newId } from "../world/ids.ts";
import type { Instance } from "../world/model.ts";
import type { World } from "../world/world.ts";
import { ClientTokens } from "./client-tokens.ts";
import {
  launchParameters,
  type RunInstancesParameters,
  runInstancesParameters,
} from "./launch-parameters.ts";
import { launchVolumes } from "./launch-volumes.ts";
import { newInstance, readFromMiniStack } from "./new-instance.ts";

interface RunInstancesDeps {
  region: string;
  world: World;
  clients: Clients;
  lifecycle: Lifecycle;
  blockStore: BlockStore;
  faults: Faults;
}

const checkCount = ({ MinCount, MaxCount }: RunInstancesParameters): number => {
  if (MinCount >= 1 && MinCount <= MaxCount) return MaxCount;
  throw invalidParameter(`MinCount (${MinCount}) must be at least 1 and at most MaxCount (${MaxCount})`);
};

const checkAlive = (instances: Instance[]): void => {
  if (instances.some(({ state }) => state !== "terminated")) return;
  throw new Ec2Error(
    "IdempotentInstanceTerminated",
    "The request to launch an instance uses the same client token as a previous request for which the instance has been terminated.",
  );
};

export const runInstancesActions = (deps: RunInstancesDeps): Actions => {
  const { world, clients, lifecycle, faults, region } = deps;
  const tokens = new ClientTokens<Instance[]>();

  async function launch(request: RunInstancesParameters): Promise<Instance[]> {
    const count = checkCount(request);
    const template = request.LaunchTemplate && (await readTemplate(clients, request.LaunchTemplate));
    const parameters = launchParameters(request, template?.LaunchTemplateData ?? {});
    const ministackReads = await readFromMiniStack(clients, parameters);
    const { SubnetId: subnetId = "", AvailabilityZone: availabilityZone = "" } = ministackReads.subnet;
    faults.strike("RunInstances", "before", { place: { subnetId, availabilityZone } });
    const reservationId = newId("r");
    const instances: Instance[] = [];
    for (let launchIndex = 0; launchIndex < count; launchIndex += 1) {
      const record = newInstance(world, parameters, ministackReads, template);
      const instance = { ...record, reservationId, launchIndex };
      world.instances.set(instance.instanceId, instance);
      instances.push(instance);
    }
    for (const instance of instances) {
      await launchVolumes(deps, instance, parameters, ministackReads.image);
      lifecycle.powerOn(instance, "terminated");
    }
    return instances;
  }

  return {
    RunInstances: action(runInstancesParameters, async (request, parameters) => {
      const instances = await tokens.once(parameters, () => launch(request));
      checkAlive(instances);
      return reservationXml(world, instances, region);
    }),
  };
};
