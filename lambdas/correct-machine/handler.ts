import { instanceAccess } from "../../core/aws/instance-access.ts";
import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { correctMachine } from "./correct-machine.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    instances: instances(),
    access: instanceAccess(),
    volumes: volumes(),
  }),
  run: correctMachine,
});
