import * as z from "zod";
import { instances } from "../common/instances.ts";
import { repairInput, replaces } from "../common/repair-input.ts";
import { repairStore } from "../common/repair-store.ts";
import { taskHandler } from "../common/task-handler.ts";
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
