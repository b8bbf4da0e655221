import * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { repairInput, replaces } from "../../core/repair/repair-input.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { environment } from "./environment.ts";
import { stopInstance } from "./stop-instance.ts";

export const handler = taskHandler({
  name: "stop-instance",
  env: environment,
  input: repairInput.extend({ replaces }),
  output: z.object({ stopped: z.array(z.string()) }),
  connect: (env) => ({ env, repairs: repairStore(env.TENANTS_TABLE), instances: instances() }),
  run: stopInstance,
});
