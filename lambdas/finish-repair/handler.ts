import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { finishRepair } from "./finish-repair.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    clock: systemClock,
  }),
  run: finishRepair,
});
