import * as z from "zod";
import { instances } from "../common/instances.ts";
import { replaces } from "../common/repair-input.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { volumes } from "../common/volumes.ts";
import { environment } from "./environment.ts";
import { launchInstance } from "./launch-instance.ts";

export const handler = taskHandler({
  name: "launch-instance",
  env: environment,
  input: tenantInput.extend({ replaces: replaces.optional() }),
  output: z.object({ instanceId: z.string(), availabilityZone: z.string() }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    instances: instances(),
    volumes: volumes(),
  }),
  run: launchInstance,
});
