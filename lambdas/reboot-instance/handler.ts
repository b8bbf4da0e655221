import { instances } from "../common/instances.ts";
import { rungInput, rungOutput } from "../common/repair-input.ts";
import { repairStore } from "../common/repair-store.ts";
import { taskHandler } from "../common/task-handler.ts";
import { environment } from "./environment.ts";
import { rebootInstance } from "./reboot-instance.ts";

export const handler = taskHandler({
  name: "reboot-instance",
  env: environment,
  input: rungInput,
  output: rungOutput,
  connect: (env) => ({ env, repairs: repairStore(env.TENANTS_TABLE), instances: instances() }),
  run: rebootInstance,
});
