// Ends every machine of this incarnation, and waits until they have ended: their volumes are free only then.
import type * as z from "zod";
import type { Instances } from "../../core/aws/instances.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { environment } from "./environment.ts";

export interface DeleteInstanceDeps {
  env: Pick<z.output<typeof environment>, "STAGE">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  instances: Pick<Instances, "find" | "terminate" | "untilTerminated">;
}

export const deleteInstance = async (
  { slug, generation }: Incarnation,
  { env, tenants, instances }: DeleteInstanceDeps,
): Promise<RemovalOutput> => {
  const found = await instances.find({ stage: env.STAGE, slug, generation });
  const living = found.filter(({ state }) => state !== "terminated").map(({ id }) => id);
  await instances.terminate(living);
  await instances.untilTerminated(living);
  await tenants.recordRemovalStep({ slug, generation }, "Delete Instance");
  return { deleted: found.map(({ id }) => ({ kind: "instance", id })) };
};
