// Lets this one instance, of all that share the role, read its tenant's secrets: the role's policy compares each
// parameter's `reader` tag with the caller's `aws:userid`.
import type * as z from "zod";
import type { Parameters } from "../../core/aws/parameters.ts";
import { type Incarnation, secretReader, tenantSecrets } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { environment } from "./environment.ts";

interface Input extends Incarnation {
  instanceId: string;
}

export interface GrantSecretsDeps {
  env: Pick<z.output<typeof environment>, "STAGE" | "INSTANCE_ROLE_ID">;
  tenants: Pick<TenantStore, "recordStep">;
  parameters: Pick<Parameters, "tag">;
}

export const grantSecrets = async (
  { slug, generation, instanceId }: Input,
  { env, tenants, parameters }: GrantSecretsDeps,
) => {
  const key = { stage: env.STAGE, slug, generation };
  const names = tenantSecrets(key);
  for (const name of names) {
    await parameters.tag(name, { [tagKeys.reader]: secretReader(env.INSTANCE_ROLE_ID, instanceId) });
  }
  await tenants.recordStep({ slug, generation }, "Grant Secrets");
  return { parameters: names };
};
