// Start, stop, reboot and terminate, and the attributes of an instance that can be changed.
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type Lifecycle, requireUnprotected } from "../machine/lifecycle.ts";
import type { MachineManager } from "../machine/machine-manager.ts";
import type { Clients } from "../ministack/ministack-reads.ts";
import { type Actions, action, done } from "../protocol/action.ts";
import { invalidParameter } from "../protocol/errors.ts";
import { formBoolean } from "../protocol/query.ts";
import { type Answer, items } from "../protocol/xml.ts";
import { stateXml } from "../rendering/instance-xml.ts";
import type { Instance } from "../world/model.ts";
import { findInstance, type World } from "../world/world.ts";
import { changeGroups } from "./instance-access.ts";

interface ChangeInstancesDeps {
  world: World;
  clients: Clients;
  lifecycle: Lifecycle;
  machineManager: MachineManager;
}

const ids = { InstanceId: z.array(z.string()).min(1) };

const attributeParameter = z.enum([
  "disableApiTermination",
  "instanceInitiatedShutdownBehavior",
  "instanceType",
]);

const attributeValue = (instance: Instance, attribute: z.output<typeof attributeParameter>) =>
  ({
    disableApiTermination: instance.disableApiTermination,
    instanceInitiatedShutdownBehavior: instance.shutdownBehaviour,
    instanceType: instance.instanceType,
  })[attribute];

const modification = z.strictObject({
  InstanceId: z.string(),
  DisableApiTermination: z.strictObject({ Value: formBoolean }).optional(),
  InstanceInitiatedShutdownBehavior: z.strictObject({ Value: z.enum(["stop", "terminate"]) }).optional(),
  GroupId: z.array(z.string()).min(1).optional(),
});

/** GetConsoleOutput answers the last 64 KB. */
const consoleBytes = 64 * 1024;

/** A machine that has not booted yet has printed nothing. */
const readConsole = async (file: string): Promise<string> => {
  try {
    return (await readFile(file)).subarray(-consoleBytes).toString("base64");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
};

/** All instances are looked up before the first is changed: an unknown id changes nothing. */
const changeAll = (world: World, instanceIds: string[], change: (instance: Instance) => void): Answer => {
  const changes = instanceIds
    .map((id) => findInstance(world, id))
    .map((instance) => {
      const previousState = stateXml(instance.state);
      change(instance);
      return { instanceId: instance.instanceId, currentState: stateXml(instance.state), previousState };
    });
  return { instancesSet: items(changes) };
};

export const changeInstancesActions = ({
  world,
  clients,
  lifecycle,
  machineManager,
}: ChangeInstancesDeps): Actions => {
  return {
    StartInstances: action(z.strictObject(ids), ({ InstanceId }) =>
      changeAll(world, InstanceId, (instance) => lifecycle.start(instance)),
    ),
    StopInstances: action(z.strictObject({ ...ids, Force: formBoolean.optional() }), ({ InstanceId }) =>
      changeAll(world, InstanceId, (instance) => lifecycle.stop(instance)),
    ),
    RebootInstances: action(z.strictObject(ids), ({ InstanceId }) => {
      changeAll(world, InstanceId, (instance) => lifecycle.reboot(instance));
      return done;
    }),
    TerminateInstances: action(z.strictObject(ids), ({ InstanceId }) => {
      for (const id of InstanceId) requireUnprotected(findInstance(world, id));
      return changeAll(world, InstanceId, (instance) => lifecycle.terminate(instance));
    }),

    DescribeInstanceAttribute: action(
      z.strictObject({ InstanceId: z.string(), Attribute: attributeParameter }),
      ({ InstanceId, Attribute }) => {
        const value = attributeValue(findInstance(world, InstanceId), Attribute);
        return { instanceId: InstanceId, [Attribute]: { value } };
      },
    ),
    ModifyInstanceAttribute: action(modification, async ({ InstanceId, GroupId, ...changes }) => {
      const instance = findInstance(world, InstanceId);
      const { DisableApiTermination: protection, InstanceInitiatedShutdownBehavior: shutdown } = changes;
      if (!protection && !shutdown && !GroupId) throw invalidParameter("No attributes specified.");
      if (GroupId) await changeGroups({ clients, machineManager }, instance, GroupId);
      if (protection) instance.disableApiTermination = protection.Value;
      if (shutdown) instance.shutdownBehaviour = shutdown.Value;
      return done;
    }),

    GetConsoleOutput: action(
      z.strictObject({ InstanceId: z.string(), Latest: formBoolean.optional() }),
      async ({ InstanceId }) => {
        const { instanceId } = findInstance(world, InstanceId);
        const output = await readConsole(machineManager.consoleFile(instanceId));
        return { instanceId, timestamp: new Date(), output };
      },
    ),
  };
};
