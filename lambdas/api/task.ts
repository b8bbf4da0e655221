import { variables } from "../../core/handler/environment.ts";
import { defineLambda } from "../../core/handler/task.ts";

export const task = defineLambda({
  name: "api",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    AUDIT_TABLE: true,
    IDEMPOTENCY_TABLE: true,
    LEASES_TABLE: true,
    BASE_DOMAIN: true,
    RESERVED_SLUGS: true,
  }),
});
