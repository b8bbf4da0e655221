import { snapshots } from "../../core/aws/snapshots.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { snapshotDataVolume } from "./snapshot-data-volume.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({ env, volumes: volumes(), snapshots: snapshots() }),
  run: snapshotDataVolume,
});
