import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { replaces, rungInput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "retire-instance",
  step: "Retire Instance",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
  }),
  /** instance, zone and volume are the new machine's */
  input: rungInput.extend({ availabilityZone: z.string(), volumeId: z.string(), replaces }),
  output: z.object({ retired: z.array(z.string()) }),
});
