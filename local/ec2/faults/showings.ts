// What DescribeInstances shows late because a test says so: the instance runs on, and answers lack it, or its tags.
import * as z from "zod";
import { notFound } from "../world/ids.ts";
import type { Instance, ShownAs } from "../world/model.ts";
import { findInstance, type World } from "../world/world.ts";

export const showing = z.strictObject({
  instanceId: z.string(),
  as: z.enum(["not-listed", "unknown", "without-tags"] satisfies ShownAs[]),
});
export type Showing = z.output<typeof showing>;

/** @throws Ec2Error if there is no such instance */
export const show = (world: World, { instanceId, as }: Showing): void => {
  findInstance(world, instanceId).shownAs = as;
};

export const showAll = (world: World): void => {
  for (const instance of world.instances.values()) delete instance.shownAs;
};

const untagged = (instance: Instance): Instance =>
  instance.shownAs === "without-tags" ? { ...instance, tags: new Map() } : instance;

/** All instances as a listing shows them. */
export const listed = ({ instances }: World): Instance[] =>
  [...instances.values()]
    .filter(({ shownAs }) => shownAs !== "not-listed" && shownAs !== "unknown")
    .map(untagged);

/** The instance as an answer to its id shows it. @throws Ec2Error if it is not known, or not shown as known */
export const named = (world: World, id: string): Instance => {
  const instance = findInstance(world, id);
  if (instance.shownAs === "unknown") throw notFound("i", id);
  return untagged(instance);
};
