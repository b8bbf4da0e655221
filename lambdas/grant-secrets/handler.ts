import * as z from "zod";
import { parameters } from "../common/parameters.ts";
import { taskHandler, tenantInput } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
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
