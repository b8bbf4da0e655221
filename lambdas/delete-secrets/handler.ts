import { removalOutput } from "../common/gone.ts";
import { parameters } from "../common/parameters.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
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
