// Ends every machine of this incarnation, and waits until they have ended: their volumes are free only then. One that lost
// its tags is looked up by the row's id, and gets them back first: nothing without them may be ended.
import type * as z from "zod";
import type { Instance, Instances } from "../../core/aws/instances.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { hostname, type TenantKey } from "../../core/tenant/names.ts";
import { knownIds, type RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteInstanceDeps {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN">;
  tenants: Pick<TenantStore, "get" | "recordRemovalStep">;
  instances: Pick<Instances, "find" | "look" | "correctTags" | "terminate" | "untilTerminated">;
}

export const deleteInstance = async (
  { key }: TaskInput<typeof task>,
  deps: DeleteInstanceDeps,
): Promise<RemovalOutput> => {
  const { tenants, instances } = deps;
  const tagged = await instances.find(key);
  const found = [...tagged, ...(await untagged(key, tagged, deps))];
  const living = found.filter(({ state }) => state !== "terminated").map(({ id }) => id);
  await instances.terminate(living);
  await instances.untilTerminated(living);
  await tenants.recordRemovalStep(key, task.step);
  return { deleted: found.map(({ id }) => ({ kind: "instance", id })) };
};

const untagged = async (
  key: TenantKey,
  tagged: Instance[],
  { env, tenants, instances }: DeleteInstanceDeps,
): Promise<Instance[]> => {
  const { instanceId } = await knownIds(key, tenants);
  if (!instanceId || tagged.some(({ id }) => id === instanceId)) return [];
  const machine = await instances.look(instanceId, key);
  if (!machine) return [];
  if (machine.state !== "terminated")
    await instances.correctTags(instanceId, key, hostname(key.slug, env.BASE_DOMAIN));
  return [machine];
};
