import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, rungOutput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "correct-secrets",
  step: "Correct Secrets",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    PARAMETER_KEY_ID: true,
    INSTANCE_ROLE_ID: true,
  }),
  /** empty where there is no machine: a new one is named as reader by who launches it */
  input: repairInput.extend({ instanceId: z.string() }),
  output: rungOutput,
});
