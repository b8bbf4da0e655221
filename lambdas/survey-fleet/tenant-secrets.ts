// Whether a tenant's machine could still read its secrets when it boots: each parameter is there, and names it as reader.
// No value is read.
import type { Parameters } from "../../core/aws/parameters.ts";
import { secretNames, secretParameter, secretReader } from "../../core/tenant/names.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { FleetRow } from "./facts.ts";

export interface TenantSecrets {
  /** @returns in words what is not as it was made; undefined where all is, or where no machine is to be named */
  driftOf(row: FleetRow): Promise<string | undefined>;
}

/** @param roleId of the machines' role: AROA… */
export const tenantSecrets = (
  stage: string,
  roleId: string,
  parameters: Pick<Parameters, "tagsOf">,
): TenantSecrets => ({
  driftOf: async ({ slug, generation, resources: { instanceId }, repair }) => {
    // Of two machines, which is to be the reader is for the repair to say that has begun.
    if (!instanceId || repair?.replaces) return undefined;
    const reader = secretReader(roleId, instanceId);
    for (const name of secretNames) {
      const tags = await parameters.tagsOf(secretParameter({ stage, slug, generation }, name));
      if (Object.keys(tags).length === 0) return `the parameter of its ${name} is gone, or has no tags`;
      if (tags[tagKeys.reader] !== reader) return `its machine is not named as reader of its ${name}`;
    }
    return undefined;
  },
});
