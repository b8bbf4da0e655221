import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
  OUTAGE_SHARE: true,
  OUTAGE_MINIMUM: true,
  REPAIRS_AT_ONCE: true,
});
