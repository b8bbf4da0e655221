import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { fleetMetrics } from "./fleet-metrics.ts";
import { judgeFleet } from "./judge-fleet.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, metrics, logger) => ({
    env,
    logger,
    clock: systemClock,
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    metrics: fleetMetrics(metrics),
  }),
  run: judgeFleet,
});
