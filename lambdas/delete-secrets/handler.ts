import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { removalOutput } from "../../core/tenant/removal.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { deleteSecrets } from "./delete-secrets.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "delete-secrets",
  env: environment,
  input: tenantInput,
  output: removalOutput,
  connect: (env) => ({ env, tenants: tenantStore(env.TENANTS_TABLE), parameters: parameters() }),
  run: deleteSecrets,
});
