import * as z from "zod";
import { instances } from "../../core/aws/instances.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { createDataVolume } from "./create-data-volume.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "create-data-volume",
  env: environment,
  input: tenantInput.extend({ instanceId: z.string(), availabilityZone: z.string() }),
  output: z.object({ volumeId: z.string() }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    instances: instances(),
    volumes: volumes(),
  }),
  run: createDataVolume,
});
