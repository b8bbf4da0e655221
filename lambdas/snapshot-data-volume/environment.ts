import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  SNAPSHOT_BEFORE_REPLACEMENT: true,
});
