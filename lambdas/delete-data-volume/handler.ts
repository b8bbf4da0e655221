import { snapshots } from "../../core/aws/snapshots.ts";
import { volumes } from "../../core/aws/volumes.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { removalOutput } from "../../core/tenant/removal.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
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
