import * as z from "zod";
import { variables } from "../../core/handler/environment.ts";
import { defineTask } from "../../core/handler/task.ts";
import { repairInput } from "../../core/repair/repair-input.ts";

export const task = defineTask({
  name: "snapshot-data-volume",
  step: "Snapshot Data Volume",
  environment: variables.pick({
    STAGE: true,
    SNAPSHOT_BEFORE_REPLACEMENT: true,
  }),
  input: repairInput,
  output: z.object({ snapshotId: z.string().optional() }),
});
