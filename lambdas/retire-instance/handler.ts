import * as z from "zod";
import { instances } from "../common/instances.ts";
import { replaces, rungInput } from "../common/repair-input.ts";
import { repairStore } from "../common/repair-store.ts";
import { taskHandler } from "../common/task-handler.ts";
import { volumes } from "../common/volumes.ts";
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
