import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { keptResource, resource } from "../../core/tenant/removal.ts";

export const task = defineTask({
  name: "verify-removal",
  step: "Verify Removal",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    AUDIT_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ACCOUNT_ID: true,
    CLOUDFLARE_ZONE_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
    VOLUME_RETENTION: true,
  }),
  input: tenantInput.extend({
    reason: z.enum(["delete", "removed", "compensation"]),
    /** the name of the execution, so that each removal has an entry of its own */
    execution: z.string().min(1),
    /** what the delete tasks of this execution answered; what the row knows is added */
    seen: z.array(resource).default([]),
  }),
  output: z.object({
    resources: z.array(resource.extend({ seenAbsentAt: z.iso.datetime() })),
    /** what was left, and named */
    kept: z.array(keptResource),
  }),
});
