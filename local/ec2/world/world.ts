// The resources that exist, found by id with EC2's errors for ids that are malformed or unknown.
import { Ec2Error } from "../protocol/errors.ts";
import { checkId, type Kind, notFound } from "./ids.ts";
import type { Instance, Snapshot, Tags, Volume } from "./model.ts";

export interface World {
  instances: Map<string, Instance>;
  volumes: Map<string, Volume>;
  snapshots: Map<string, Snapshot>;
}

export const newWorld = (): World => ({ instances: new Map(), volumes: new Map(), snapshots: new Map() });

const find = <T>(kind: Kind, records: Map<string, T>, id: string): T => {
  checkId(kind, id);
  const record = records.get(id);
  if (!record) throw notFound(kind, id);
  return record;
};

export const findInstance = (world: World, id: string): Instance => find("i", world.instances, id);
export const findVolume = (world: World, id: string): Volume => find("vol", world.volumes, id);
export const findSnapshot = (world: World, id: string): Snapshot => find("snap", world.snapshots, id);

/** The instance whose interface it is. */
export const findInterface = (world: World, id: string): Instance => {
  const instance = [...world.instances.values()].find(({ networkInterfaceId }) => networkInterfaceId === id);
  if (instance) return instance;
  throw new Ec2Error("InvalidNetworkInterfaceID.NotFound", `The networkInterface ID '${id}' does not exist`);
};

/** The tags of any resource of ours. */
export const findTags = (world: World, id: string): Tags => {
  if (id.startsWith("i-")) return findInstance(world, id).tags;
  if (id.startsWith("vol-")) return findVolume(world, id).tags;
  if (id.startsWith("snap-")) return findSnapshot(world, id).tags;
  throw new Ec2Error(
    "InvalidID",
    `The ID '${id}' is not valid here: local/ec2 tags instances, volumes and snapshots; others need a request of their own`,
  );
};

export const volumesOf = (world: World, instanceId: string): Volume[] =>
  [...world.volumes.values()].filter((volume) => volume.attachment?.instanceId === instanceId);

/** EC2 shows a terminated instance for about an hour, then knows it no longer. */
export const forgetTerminated = (world: World, visibleMs: number): void => {
  const before = Date.now() - visibleMs;
  for (const { instanceId, terminatedAt } of world.instances.values()) {
    if (terminatedAt && terminatedAt.getTime() < before) world.instances.delete(instanceId);
  }
};
