import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { replaces, rungInput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "move-data-volume",
  step: "Move Data Volume",
  environment: variables.pick({
    STAGE: true,
  }),
  /** the instance is the new machine */
  input: rungInput.extend({ replaces }),
  output: z.object({ volumeId: z.string() }),
});
