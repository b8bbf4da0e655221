import { instances } from "../../core/aws/instances.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { rungInput, rungOutput } from "../../core/repair/repair-input.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
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
