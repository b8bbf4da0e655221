import * as z from "zod";
import { parameters } from "../common/parameters.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
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
