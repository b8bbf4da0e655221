import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, rungOutput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "correct-route",
  step: "Correct Route",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    CLOUDFLARE_ACCOUNT_ID: true,
    CLOUDFLARE_ZONE_ID: true,
    CLOUDFLARE_TOKEN_PARAMETER: true,
    CLOUDFLARE_BASE_URL: true,
    PARAMETER_KEY_ID: true,
  }),
  input: repairInput,
  output: rungOutput,
});
