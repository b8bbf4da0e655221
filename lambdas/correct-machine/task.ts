import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, rungOutput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "correct-machine",
  step: "Correct Machine",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    BASE_DOMAIN: true,
    INSTANCE_PROFILE_ARN: true,
    SECURITY_GROUP_ID: true,
  }),
  input: repairInput,
  output: rungOutput,
});
