import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
  CLOUDFLARE_ACCOUNT_ID: true,
  CLOUDFLARE_TOKEN_PARAMETER: true,
  CLOUDFLARE_BASE_URL: true,
});
