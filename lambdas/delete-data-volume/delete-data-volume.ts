// What becomes of a removed tenant's data is the stage's policy: deleted, kept as one last snapshot, or kept as it is. The
// copies that were made of it meanwhile go with it.
import type * as z from "zod";
import { outlivesTenant, type Snapshots } from "../../core/aws/snapshots.ts";
import type { Volumes } from "../../core/aws/volumes.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { withNamed } from "../../core/not-shown.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteDataVolumeDeps {
  env: Pick<z.output<typeof task.environment>, "VOLUME_RETENTION">;
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  volumes: Pick<Volumes, "find" | "look" | "untilAvailable" | "delete">;
  snapshots: Snapshots;
}

export const deleteDataVolume = (
  { key }: TaskInput<typeof task>,
  deps: DeleteDataVolumeDeps,
): Promise<RemovalOutput> =>
  removalStep(key, task.step, deps.tenants, async () => ({
    deleted: deps.env.VOLUME_RETENTION === "retain" ? [] : await removeData(key, deps),
  }));

/** Copies last: until the volume is deleted, each of them may still be wanted. */
const removeData = async (key: TenantKey, deps: DeleteDataVolumeDeps): Promise<RemovalOutput["deleted"]> => {
  const volumes = await dataVolumes(key, deps);
  for (const id of volumes) await remove(key, id, deps);
  const copies = await staleCopies(key, deps);
  for (const id of copies) await deps.snapshots.delete(id);
  return [
    ...volumes.map((id) => ({ kind: "volume", id }) as const),
    ...copies.map((id) => ({ kind: "snapshot", id }) as const),
  ];
};

const staleCopies = async (key: TenantKey, { env, snapshots }: DeleteDataVolumeDeps): Promise<string[]> =>
  (await snapshots.find(key))
    .filter((copy) => !outlivesTenant(copy, env.VOLUME_RETENTION))
    .map(({ id }) => id);

/** Those too that a restored snapshot took the place of; and the one that the row names, where its tags are gone. */
const dataVolumes = async (key: TenantKey, { tenants, volumes }: DeleteDataVolumeDeps): Promise<string[]> => {
  const tagged = (await volumes.find(key)).filter(({ role }) => role !== "root");
  const { volumeId } = await knownIds(key, tenants);
  const found = await withNamed(tagged, [volumeId], (id) => volumes.look(id, key));
  return found.map(({ id }) => id);
};

const remove = async (key: TenantKey, id: string, deps: DeleteDataVolumeDeps): Promise<void> => {
  await deps.volumes.untilAvailable(id);
  if (deps.env.VOLUME_RETENTION === "snapshot") {
    await deps.snapshots.untilCompleted(await deps.snapshots.ensure(key, id, "removal"));
  }
  await deps.volumes.delete(id);
};
