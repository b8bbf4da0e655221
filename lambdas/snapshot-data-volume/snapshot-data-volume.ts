// A way back before the data moves, where the stage's policy wants one. It is begun and not waited for: a snapshot holds
// what the volume held when it was asked for, and copies while the volume is already somewhere else.
import type * as z from "zod";
import type { Snapshots } from "../../core/aws/snapshots.ts";
import { dataVolumeOf, type Volumes } from "../../core/aws/volumes.ts";
import { DataVolumeMissingError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { task } from "./task.ts";

export interface SnapshotDataVolumeDeps {
  env: Pick<z.output<typeof task.environment>, "SNAPSHOT_BEFORE_REPLACEMENT">;
  volumes: Pick<Volumes, "find">;
  snapshots: Pick<Snapshots, "ensure">;
}

export const snapshotDataVolume = async (
  { key, attempt }: TaskInput<typeof task>,
  { env, volumes, snapshots }: SnapshotDataVolumeDeps,
): Promise<{ snapshotId?: string }> => {
  if (!env.SNAPSHOT_BEFORE_REPLACEMENT) return {};
  const data = dataVolumeOf(await volumes.find(key));
  if (!data) throw new DataVolumeMissingError(`Tenant ${key.slug} has no data volume that could be kept.`);
  return { snapshotId: await snapshots.ensure(key, data.id, { attempt }) };
};
