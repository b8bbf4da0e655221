import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput, replaces } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "stop-instance",
  step: ["Make Room", "Stop Instance"],
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
  }),
  input: repairInput.extend({ replaces }),
  output: z.object({ stopped: z.array(z.string()) }),
});
