import { removalOutput } from "../common/gone.ts";
import { snapshots } from "../common/snapshots.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { volumes } from "../common/volumes.ts";
import { deleteDataVolume } from "./delete-data-volume.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "delete-data-volume",
  env: environment,
  input: tenantInput,
  output: removalOutput,
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    volumes: volumes(),
    snapshots: snapshots(),
  }),
  run: deleteDataVolume,
});
