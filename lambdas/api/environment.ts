import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
  IDEMPOTENCY_TABLE: true,
  BASE_DOMAIN: true,
  RESERVED_SLUGS: true,
});
