// Lets this one instance, of all that share the role, read its tenant's secrets: the role's policy compares each
// parameter's `reader` tag with the caller's `aws:userid`.
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { secretReader, tenantSecrets } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { task } from "./task.ts";

type Input = TaskInput<typeof task>;

export interface GrantSecretsDeps {
  env: Pick<z.output<typeof task.environment>, "INSTANCE_ROLE_ID">;
  tenants: Pick<TenantStore, "recordStep">;
  parameters: Pick<Parameters, "tag">;
}

export const grantSecrets = async (
  { key, instanceId }: Input,
  { env, tenants, parameters }: GrantSecretsDeps,
) => {
  const names = tenantSecrets(key);
  for (const name of names) {
    await parameters.tag(name, { [tagKeys.reader]: secretReader(env.INSTANCE_ROLE_ID, instanceId) });
  }
  await tenants.recordStep(key, task.step);
  return { parameters: names };
};
