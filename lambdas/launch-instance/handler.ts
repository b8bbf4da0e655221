import * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { replaces } from "../../core/repair/repair-input.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
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
