import * as z from "zod";
import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { createSecrets } from "./create-secrets.ts";
import { environment } from "./environment.ts";

export const handler = taskHandler({
  name: "create-secrets",
  env: environment,
  input: tenantInput,
  output: z.object({ parameters: z.array(z.string()) }),
  connect: (env) => ({ env, tenants: tenantStore(env.TENANTS_TABLE), parameters: parameters() }),
  run: createSecrets,
});
