import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "read-console",
  step: "Read Console",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    AUDIT_TABLE: true,
  }),
  input: tenantInput.extend({
    /** the name of the execution, so that each has an entry of its own */
    execution: z.string().min(1),
  }),
  /** empty where there is no machine, or it said nothing */
  output: z.object({ lastWords: z.array(z.string()) }),
});
