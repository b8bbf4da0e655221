import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { launchInstance } from "./launch-instance.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    instances: instances(),
    volumes: volumes(),
    clock: systemClock,
  }),
  run: launchInstance,
});
