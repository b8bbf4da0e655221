import { snapshots } from "../../core/aws/snapshots.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteDataVolume } from "./delete-data-volume.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    volumes: volumes(),
    snapshots: snapshots(),
  }),
  run: deleteDataVolume,
});
