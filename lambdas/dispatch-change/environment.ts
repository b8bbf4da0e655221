import { variables } from "../../core/handler/environment.ts";

export const environment = variables.pick({
  STAGE: true,
  PROVISION_WORKFLOW_ARN: true,
  REPAIR_WORKFLOW_ARN: true,
  DEPROVISION_WORKFLOW_ARN: true,
});
