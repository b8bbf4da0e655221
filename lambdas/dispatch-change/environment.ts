import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  WORKFLOW_ARN_PREFIX: true,
});
