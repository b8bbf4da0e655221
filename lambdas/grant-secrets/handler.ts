import * as z from "zod";
import { parameters } from "../../core/aws/parameters.ts";
import { taskHandler, tenantInput } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { grantSecrets } from "./grant-secrets.ts";

export const handler = taskHandler({
  name: "grant-secrets",
  env: environment,
  input: tenantInput.extend({ instanceId: z.string() }),
  output: z.object({ parameters: z.array(z.string()) }),
  connect: (env) => ({
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    parameters: parameters(),
  }),
  run: grantSecrets,
});
