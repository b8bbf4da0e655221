import { taskHandler } from "../../core/handler/task-handler.ts";
import { tenantStore } from "../../core/tenant/tenant-store.ts";
import { environment } from "./environment.ts";
import { markFailed, markFailedInput, markFailedOutput } from "./mark-failed.ts";

export const handler = taskHandler({
  name: "mark-failed",
  env: environment,
  input: markFailedInput,
  output: markFailedOutput,
  connect: (env) => ({ tenants: tenantStore(env.TENANTS_TABLE) }),
  run: markFailed,
});
