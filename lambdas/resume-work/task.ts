import * as z from "zod";
import { unfinished } from "../../core/fleet/survey.ts";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";

const slugs = z.array(z.string());

export const task = defineTask({
  name: "resume-work",
  step: "Resume Work",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    WORKFLOW_ARN_PREFIX: true,
    LEASES_TABLE: true,
    PROVISIONS_AT_ONCE: true,
    REMOVALS_AT_ONCE: true,
  }),
  input: z.object({ unfinished: z.array(unfinished) }),
  output: z.object({ resumed: slugs, failed: slugs, stopped: slugs }),
});
