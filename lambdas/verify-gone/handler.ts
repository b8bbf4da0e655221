import { auditLog } from "../common/audit-log.ts";
import { systemClock } from "../common/clock.ts";
import { taskHandler } from "../common/task-handler.ts";
import { tenantStore } from "../common/tenant-store.ts";
import { clouds } from "./clouds.ts";
import { environment } from "./environment.ts";
import { verifyGone, verifyInput, verifyOutput } from "./verify-gone.ts";

export const handler = taskHandler({
  name: "verify-gone",
  env: environment,
  input: verifyInput,
  output: verifyOutput,
  connect: (env, metrics) => ({
    ...clouds(env, metrics),
    env,
    tenants: tenantStore(env.TENANTS_TABLE),
    audit: auditLog(env.AUDIT_TABLE),
    clock: systemClock,
  }),
  run: verifyGone,
});
