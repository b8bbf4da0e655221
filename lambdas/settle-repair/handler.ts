import { systemClock } from "../common/clock.ts";
import { repairStore } from "../common/repair-store.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { environment } from "./environment.ts";
import { settleInput, settleOutput, settleRepair } from "./settle-repair.ts";

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
