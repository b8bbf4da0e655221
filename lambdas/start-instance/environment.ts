import { variables } from "../common/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
});
