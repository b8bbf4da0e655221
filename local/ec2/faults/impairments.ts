// Status checks that fail because a test says so: the instance runs on, and DescribeInstanceStatus calls it impaired.
import * as z from "zod";
import { findInstance, type World } from "../world/world.ts";

export const impairment = z.strictObject({
  instanceId: z.string(),
  /** A reboot cures `instance`; `system` takes a stop and start, which moves the instance to another host. */
  check: z.enum(["system", "instance"]),
});
export type Impairment = z.output<typeof impairment>;

/** @throws Ec2Error if there is no such instance */
export const impair = (world: World, { instanceId, check }: Impairment): void => {
  const instance = findInstance(world, instanceId);
  instance.impairments = new Map(instance.impairments).set(check, new Date());
};

export const clearImpairments = (world: World): void => {
  for (const instance of world.instances.values()) delete instance.impairments;
};
