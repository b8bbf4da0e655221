import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { removalOutput } from "../../core/tenant/removal.ts";

export const task = defineTask({
  name: "delete-dns-record",
  step: "Delete DNS Record",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ZONE_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
  }),
  input: tenantInput,
  output: removalOutput,
});
