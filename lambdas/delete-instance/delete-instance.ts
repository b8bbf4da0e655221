// Ends every machine of this incarnation, and waits until they have ended: their volumes are free only then.
import type { Instances } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteInstanceDeps {
  tenants: Pick<TenantStore, "recordRemovalStep">;
  instances: Pick<Instances, "find" | "terminate" | "untilTerminated">;
}

export const deleteInstance = async (
  { key }: TaskInput<typeof task>,
  { tenants, instances }: DeleteInstanceDeps,
): Promise<RemovalOutput> => {
  const found = await instances.find(key);
  const living = found.filter(({ state }) => state !== "terminated").map(({ id }) => id);
  await instances.terminate(living);
  await instances.untilTerminated(living);
  await tenants.recordRemovalStep(key, task.step);
  return { deleted: found.map(({ id }) => ({ kind: "instance", id })) };
};
