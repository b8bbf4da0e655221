// What becomes of a removed tenant's data is the stage's policy: gone, kept as a snapshot, or kept as it is.
import type * as z from "zod";
import type { RemovalOutput } from "../common/gone.ts";
import type { Incarnation, TenantKey } from "../common/names.ts";
import type { Snapshots } from "../common/snapshots.ts";
import type { TenantStore } from "../common/tenant-store.ts";
import type { Volumes } from "../common/volumes.ts";
import type { environment } from "./environment.ts";

export interface DeleteDataVolumeDeps {
  env: Pick<z.output<typeof environment>, "STAGE" | "VOLUME_RETENTION">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  volumes: Pick<Volumes, "find" | "untilAvailable" | "delete">;
  snapshots: Snapshots;
}

export const deleteDataVolume = async (
  { slug, generation }: Incarnation,
  deps: DeleteDataVolumeDeps,
): Promise<RemovalOutput> => {
  const key = { stage: deps.env.STAGE, slug, generation };
  const doomed = deps.env.VOLUME_RETENTION === "retain" ? [] : await dataVolumes(key, deps);
  for (const id of doomed) await remove(key, id, deps);
  await deps.tenants.recordRemovalStep({ slug, generation }, "Delete Data Volume");
  return { gone: doomed.map((id) => ({ kind: "volume", id })) };
};

/** Those too that a restored snapshot took the place of. */
const dataVolumes = async (key: TenantKey, { volumes }: DeleteDataVolumeDeps): Promise<string[]> =>
  (await volumes.find(key)).filter(({ role }) => role !== "root").map(({ id }) => id);

const remove = async (key: TenantKey, id: string, deps: DeleteDataVolumeDeps): Promise<void> => {
  await deps.volumes.untilAvailable(id);
  if (deps.env.VOLUME_RETENTION === "snapshot") {
    await deps.snapshots.untilCompleted(await deps.snapshots.ensure(key, id, "removal"));
  }
  await deps.volumes.delete(id);
};
