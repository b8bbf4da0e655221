// Who this application works for: what the boot script wrote for the machine's units.

export interface Identity {
  slug: string;
  generation: string;
  hostname: string;
  instanceId: string;
}

/** @throws Error naming the first variable that is missing */
export const readIdentity = (environment: NodeJS.ProcessEnv): Identity => {
  const read = (name: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new Error(
      `${name} is not set: the boot script writes it to tenant.env, which this unit's environment needs`,
    );
  };
  return {
    slug: read("TENANT_SLUG"),
    generation: read("TENANT_GENERATION"),
    hostname: read("TENANT_HOSTNAME"),
    instanceId: read("INSTANCE_ID"),
  };
};
