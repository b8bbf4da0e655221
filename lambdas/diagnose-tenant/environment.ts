import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
  BASE_DOMAIN: true,
  HEALTH_PATH: true,
  EDGE_URL: true,
});
