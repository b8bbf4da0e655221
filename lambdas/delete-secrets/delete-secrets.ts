// Deletes every secret of this incarnation: its generation is part of each name, so none is another's.
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import { type Incarnation, tenantSecrets } from "../../core/tenant/names.ts";
import type { RemovalOutput } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { environment } from "./environment.ts";

export interface DeleteSecretsDeps {
  env: Pick<z.output<typeof environment>, "STAGE">;
  tenants: Pick<TenantStore, "recordRemovalStep">;
  parameters: Pick<Parameters, "delete">;
}

export const deleteSecrets = async (
  { slug, generation }: Incarnation,
  { env, tenants, parameters }: DeleteSecretsDeps,
): Promise<RemovalOutput> => {
  const key = { stage: env.STAGE, slug, generation };
  const names = tenantSecrets(key);
  for (const name of names) await parameters.delete(name);
  await tenants.recordRemovalStep({ slug, generation }, "Delete Secrets");
  return { deleted: names.map((id) => ({ kind: "secret", id })) };
};
