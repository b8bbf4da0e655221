import { systemClock } from "../common/clock.ts";
import { repairStore } from "../common/repair-store.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { environment } from "./environment.ts";
import { fleetMetrics } from "./fleet-metrics.ts";
import { judgeFleet, judgeInput, judgeOutput } from "./judge-fleet.ts";

export const handler = taskHandler({
  name: "judge-fleet",
  env: environment,
  input: judgeInput,
  output: judgeOutput,
  connect: (env, metrics, logger) => ({
    ...{ env, logger, clock: systemClock },
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    metrics: fleetMetrics(metrics),
  }),
  run: judgeFleet,
});
