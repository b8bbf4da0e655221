import { instances } from "../../core/aws/instances.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { removalOutput } from "../../core/tenant/removal.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
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
