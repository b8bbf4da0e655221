import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";
import { removalOutput } from "../../core/tenant/removal.ts";

export const task = defineTask({
  name: "delete-data-volume",
  step: "Delete Data Volume",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    VOLUME_RETENTION: true,
  }),
  input: tenantInput,
  output: removalOutput,
});
