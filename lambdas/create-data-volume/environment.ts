import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  TENANTS_TABLE: true,
  VOLUME_SIZE_GIB: true,
  VOLUME_KEY_ID: true,
});
