// Makes the secrets that the tenant's own application needs. Their values go from the random source into Parameter
// Store and nowhere else: whoever needs one reads it there.
import type * as z from "zod";
import { newSecret } from "../../core/aws/new-secret.ts";
import type { Parameters } from "../../core/aws/parameters.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { type SecretName, secretParameter, tenantTags } from "../../core/tenant/names.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

/** The tunnel's token is not among them: it is part of the tunnel, and made with it. */
const random: readonly SecretName[] = ["admin-token", "database-password"];

export interface CreateSecretsDeps {
  env: Pick<z.output<typeof task.environment>, "PARAMETER_KEY_ID">;
  tenants: Pick<TenantStore, "recordStep">;
  parameters: Pick<Parameters, "create">;
}

/** A secret that exists stays as it is: a machine may use it already. */
export const createSecrets = async (
  { key }: TaskInput<typeof task>,
  { env, tenants, parameters }: CreateSecretsDeps,
) => {
  const options = { keyId: env.PARAMETER_KEY_ID, tags: tenantTags(key) };
  const names = random.map((name) => secretParameter(key, name));
  for (const name of names) await parameters.create(name, newSecret(), options);
  await tenants.recordStep(key, task.step);
  return { parameters: names };
};
