import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { restartableUnits } from "../../core/machine/machine-contract.ts";
import { rungInput, rungOutput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "restart-unit",
  step: ["Restart Connector", "Restart Front", "Restart Application"],
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    RESTART_DOCUMENT: true,
  }),
  input: rungInput.extend({ unit: z.enum(restartableUnits) }),
  output: rungOutput,
});
