import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { moveDataVolume } from "./move-data-volume.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: () => ({ instances: instances(), volumes: volumes() }),
  run: moveDataVolume,
});
