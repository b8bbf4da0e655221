import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask, tenantInput } from "../../core/handler/task.ts";

export const task = defineTask({
  name: "create-data-volume",
  step: "Create Data Volume",
  environment: variables.pick({
    STAGE: true,
    TENANTS_TABLE: true,
    VOLUME_SIZE_GIB: true,
    VOLUME_KEY_ID: true,
  }),
  input: tenantInput.extend({ instanceId: z.string(), availabilityZone: z.string() }),
  output: z.object({ volumeId: z.string() }),
});
