import * as z from "zod";
import { instances } from "../common/instances.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { volumes } from "../common/volumes.ts";
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
