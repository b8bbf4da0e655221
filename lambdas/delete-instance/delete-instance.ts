// Ends every machine of this incarnation, and waits until they have ended: their volumes are free only then. One that lost
// its tags is looked up by the row's id, and gets them back first: nothing without them may be ended.
import type * as z from "zod";
import type { Instances } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { withNamed } from "../../core/not-shown.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import { hostname, type TenantKey } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteInstanceDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  instances: Pick<Instances, "find" | "look" | "correctTags" | "terminate" | "untilTerminated">;
}

export const deleteInstance = (
  { key }: TaskInput<typeof task>,
  deps: DeleteInstanceDeps,
): Promise<RemovalOutput> => removalStep(key, task.step, deps.tenants, () => endMachines(key, deps));

const endMachines = async (
  key: TenantKey,
  { env, tenants, instances }: DeleteInstanceDeps,
): Promise<RemovalOutput> => {
  const { instanceId } = await knownIds(key, tenants);
  const tagged = await instances.find(key);
  const found = await withNamed(tagged, [instanceId], (id) => instances.look(id, key));
  const living = found.filter(({ state }) => state !== "terminated");
  for (const { id } of living.filter((machine) => !tagged.includes(machine)))
    await instances.correctTags(id, key, hostname(key.slug, env.BASE_DOMAIN));
  const ids = living.map(({ id }) => id);
  await instances.terminate(ids);
  await instances.untilTerminated(ids);
  return { deleted: found.map(({ id }) => ({ kind: "instance", id })) };
};
