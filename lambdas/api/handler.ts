import { systemClock } from "../../core/clock.ts";
import { parseEnvironment } from "../../core/handler/parse.ts";
import { apiHandler } from "./api-handler.ts";
import { environment } from "./environment.ts";
import { router } from "./routes.ts";
import { rowCreation } from "./row-creation.ts";
import { tenantRegistry } from "./tenant-registry.ts";

export const handler = apiHandler("api", ({ logger }) => {
  const env = parseEnvironment(environment);
  const deps = {
    env,
    registry: tenantRegistry(env.TENANTS_TABLE),
    createRow: rowCreation({ tenants: env.TENANTS_TABLE, idempotency: env.IDEMPOTENCY_TABLE }),
    clock: systemClock,
  };
  return router(deps, logger);
});
