import { executions } from "../../core/aws/executions.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { admitter } from "../../core/queue/admitter.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { resumeWork } from "./resume-work.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env, _metrics, logger) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    repairs: repairStore(env.TENANTS_TABLE),
    executions: executions(),
    admit: admitter(env),
    clock: systemClock,
    logger,
  }),
  run: resumeWork,
});
