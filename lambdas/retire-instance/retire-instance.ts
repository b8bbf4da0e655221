// Ends the replaced machines once the new one holds the tenant's data, and says in the row that it has taken over.
import type { Instances } from "../../core/aws/instances.ts";
import type { Volumes } from "../../core/aws/volumes.ts";
import { VolumeNotReadyError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RepairStore } from "../../core/repair/repair-store.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface RetireInstanceDeps {
  repairs: Pick<RepairStore, "finishReplacement">;
  instances: Pick<Instances, "look" | "terminate">;
  volumes: Pick<Volumes, "find">;
}

export const retireInstance = async ({ replaces, ...input }: Input, deps: RetireInstanceDeps) => {
  const { key, slug, generation, attempt, ...made } = input;
  const shown = await Promise.all(replaces.map((id) => deps.instances.look(id, key)));
  const retired = shown.flatMap((machine) => (machine && machine.id !== made.instanceId ? [machine.id] : []));
  await requireMoved(key, made, deps);
  await deps.instances.terminate(retired);
  await deps.repairs.finishReplacement({ slug, generation, attempt }, made);
  return { retired };
};

/** Asked of EC2, and not of the states before this one: what ends here does not come back. */
const requireMoved = async (
  key: TenantKey,
  { instanceId, volumeId }: Pick<Input, "instanceId" | "volumeId">,
  { volumes }: RetireInstanceDeps,
): Promise<void> => {
  const disks = (await volumes.find(key)).filter(({ role }) => role !== "root");
  const elsewhere = disks.find(({ attachment }) => attachment && attachment.instanceId !== instanceId);
  if (elsewhere) {
    const holder = elsewhere.attachment?.instanceId;
    throw new VolumeNotReadyError(`Volume ${elsewhere.id} is attached to ${holder}, not to ${instanceId}.`);
  }
  if (disks.some(({ id, attachment }) => id === volumeId && attachment)) return;
  throw new VolumeNotReadyError(`Volume ${volumeId} is not attached to ${instanceId} yet.`);
};
