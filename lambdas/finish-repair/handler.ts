import { systemClock } from "../../core/clock.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { finishInput, finishOutput, finishRepair } from "./finish-repair.ts";

export const handler = taskHandler({
  name: "finish-repair",
  env: environment,
  input: finishInput,
  output: finishOutput,
  connect: (env) => ({
    ...{ env, tenants: tenantStore(env.TENANTS_TABLE), repairs: repairStore(env.TENANTS_TABLE) },
    clock: systemClock,
  }),
  run: finishRepair,
});
