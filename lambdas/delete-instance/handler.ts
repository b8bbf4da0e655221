import { removalOutput } from "../common/gone.ts";
import { instances } from "../common/instances.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { deleteInstance } from "./delete-instance.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "delete-instance",
  env: environment,
  input: tenantInput,
  output: removalOutput,
  connect: (env) => ({ env, tenants: tenantStore(env.TENANTS_TABLE), instances: instances() }),
  run: deleteInstance,
});
