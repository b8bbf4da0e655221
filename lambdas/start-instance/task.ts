import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { rungInput, rungOutput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "start-instance",
  step: "Start Instance",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
  }),
  input: rungInput,
  output: rungOutput,
});
