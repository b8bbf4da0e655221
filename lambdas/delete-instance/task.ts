import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { removalOutput } from "../../core/tenant/removal.ts";

export const task = defineTask({
  name: "delete-instance",
  step: "Delete Instance",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
  }),
  input: tenantInput,
  output: removalOutput,
});
