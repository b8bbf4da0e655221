import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { replaces } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "launch-instance",
  step: "Launch Instance",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    LAUNCH_TEMPLATE_ID: true,
    SUBNETS: true,
    INSTANCE_TYPES: true,
    CAPACITY_WAIT_SECONDS: true,
  }),
  input: tenantInput.extend({
    /** the instances that the new one is to replace; without it, the tenant's first one is launched */
    replaces: replaces.optional(),
    /** those do not run any more: what room they had is there */
    madeRoom: z.boolean().optional(),
    /** when this launch was first tried */
    since: z.iso.datetime(),
  }),
  output: z.object({ instanceId: z.string(), availabilityZone: z.string() }),
});
