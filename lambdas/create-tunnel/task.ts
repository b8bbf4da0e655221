import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "create-tunnel",
  step: "Create Tunnel",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ACCOUNT_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
    PARAMETER_KEY_ID: true,
  }),
  input: tenantInput,
  output: z.object({ tunnelId: z.string() }),
});
