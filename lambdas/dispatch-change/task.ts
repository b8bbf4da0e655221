import { variables } from "../../core/handler/environment.ts";
import { defineLambda } from "../../core/handler/task.ts";

export const task = defineLambda({
  name: "dispatch-change",
  environment: variables.pick({
    STAGE: true,
    WORKFLOW_ARN_PREFIX: true,
    TENANTS_TABLE: true,
    LEASES_TABLE: true,
    PROVISIONS_AT_ONCE: true,
    REMOVALS_AT_ONCE: true,
  }),
});
