import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, replaces } from "../../core/repair/repair-input.ts";
import { rungs } from "../../core/repair/rungs.ts";
import { healthCauses } from "../../core/tenant/tenant.ts";

export const task = defineTask({
  name: "diagnose-tenant",
  step: "Diagnose Tenant",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    HEALTH_PATH: true,
    EDGE_URL: true,
  }),
  input: repairInput,
  output: z.object({
    finding: z.enum([...healthCauses, "healthy", "unknown"]),
    /** a sentence */
    reason: z.string(),
    /** to be tried in this order */
    rungs: z.array(z.enum(rungs)),
    /** the machine that serves the tenant, or should; undefined when there is none */
    instanceId: z.string().optional(),
    /** what a replacement takes away */
    replaces,
  }),
});
