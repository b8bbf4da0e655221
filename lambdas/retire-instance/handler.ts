import * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler } from "../../core/handler/task-handler.ts";
import { replaces, rungInput } from "../../core/repair/repair-input.ts";
import { repairStore } from "../../core/repair/repair-store.ts";
import { environment } from "./environment.ts";
import { retireInstance } from "./retire-instance.ts";

export const handler = taskHandler({
  name: "retire-instance",
  env: environment,
  input: rungInput.extend({ availabilityZone: z.string(), volumeId: z.string(), replaces }),
  output: z.object({ retired: z.array(z.string()) }),
  connect: (env) => ({
    ...{ env, repairs: repairStore(env.TENANTS_TABLE) },
    ...{ instances: instances(), volumes: volumes() },
  }),
  run: retireInstance,
});
