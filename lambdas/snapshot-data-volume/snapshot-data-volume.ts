// A way back before the data moves, where the stage's policy wants one. It is begun and not waited for: a snapshot holds
// what the volume held when it was asked for, and copies while the volume is already somewhere else.
import type * as z from "zod";
import type { Snapshots } from "../../core/aws/snapshots.ts";
import { dataVolumeOf, type Volumes } from "../../core/aws/volumes.ts";
import { DataVolumeMissingError } from "../../core/errors.ts";
import type { RepairOf } from "../../core/repair/repair-store.ts";
import type { environment } from "./environment.ts";

export interface SnapshotDataVolumeDeps {
  env: z.output<typeof environment>;
  volumes: Pick<Volumes, "find">;
  snapshots: Pick<Snapshots, "ensure">;
}

export const snapshotDataVolume = async (
  { slug, generation, attempt }: RepairOf,
  { env, volumes, snapshots }: SnapshotDataVolumeDeps,
): Promise<{ snapshotId?: string }> => {
  if (!env.SNAPSHOT_BEFORE_REPLACEMENT) return {};
  const key = { stage: env.STAGE, slug, generation };
  const data = dataVolumeOf(await volumes.find(key));
  if (!data) throw new DataVolumeMissingError(`Tenant ${slug} has no data volume that could be kept.`);
  return { snapshotId: await snapshots.ensure(key, data.id, { attempt }) };
};
