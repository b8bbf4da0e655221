import { systemClock } from "../../core/clock.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { settleInput, settleOutput, settleRepair } from "./finish-repair.ts";

export const handler = taskHandler({
  name: "settle-repair",
  env: environment,
  input: settleInput,
  output: settleOutput,
  connect: (env) => ({
    ...{ env, tenants: tenantStore(env.TENANTS_TABLE), repairs: repairStore(env.TENANTS_TABLE) },
    clock: systemClock,
  }),
  run: settleRepair,
});
