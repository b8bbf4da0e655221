import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "create-secrets",
  step: "Create Secrets",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    PARAMETER_KEY_ID: true,
  }),
  input: tenantInput,
  output: z.object({ parameters: z.array(z.string()) }),
});
