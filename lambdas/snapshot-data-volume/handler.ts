import * as z from "zod";
import { snapshots } from "../../core/aws/snapshots.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairInput } from "../../core/repair/repair-input.ts";
import { environment } from "./environment.ts";
import { snapshotDataVolume } from "./snapshot-data-volume.ts";

export const handler = taskHandler({
  name: "snapshot-data-volume",
  env: environment,
  input: repairInput,
  output: z.object({ snapshotId: z.string().optional() }),
  connect: (env) => ({ env, volumes: volumes(), snapshots: snapshots() }),
  run: snapshotDataVolume,
});
