import { executions } from "../../core/aws/executions.ts";
import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { awaitRunningWorkflows } from "./await-running-workflows.ts";
import { task } from "./task.ts";

export const handler = taskHandler(task, {
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    executions: executions(),
    clock: systemClock,
  }),
  run: awaitRunningWorkflows,
});
