// Deletes every secret of this incarnation: its generation is part of each name, so none is another's.
import type { Parameters } from "../../core/aws/parameters.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { tenantSecrets } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

export interface DeleteSecretsDeps {
  tenants: Pick<TenantStore, "recordRemovalStep">;
  parameters: Pick<Parameters, "delete">;
}

export const deleteSecrets = async (
  { key }: TaskInput<typeof task>,
  { tenants, parameters }: DeleteSecretsDeps,
): Promise<RemovalOutput> => {
  const names = tenantSecrets(key);
  for (const name of names) await parameters.delete(name);
  await tenants.recordRemovalStep(key, task.step);
  return { deleted: names.map((id) => ({ kind: "secret", id })) };
};
