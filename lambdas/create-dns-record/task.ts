import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "create-dns-record",
  step: "Create DNS Record",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ZONE_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
  }),
  input: tenantInput.extend({ tunnelId: z.string() }),
  output: z.object({ recordId: z.string() }),
});
