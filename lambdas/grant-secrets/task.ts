import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "grant-secrets",
  step: "Grant Secrets",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    INSTANCE_ROLE_ID: true,
  }),
  input: tenantInput.extend({ instanceId: z.string() }),
  output: z.object({ parameters: z.array(z.string()) }),
});
