import { auditTrail } from "../../core/audit/audit-trail.ts";
import { systemClock } from "../../core/clock.ts";
import { parseEnvironment } from "../../core/parse.ts";
import { queueTable } from "../../core/queue/queue-table.ts";
import { slotStore } from "../../core/queue/slots.ts";
import { apiHandler } from "./api-handler.ts";
import { placesIn } from "./places.ts";
import { router } from "./routes.ts";
import { rowCreation } from "./row-creation.ts";
import { task } from "./task.ts";
import { tenantRegistry } from "./tenant-registry.ts";

export const handler = apiHandler(task.name, ({ logger }) => {
  const env = parseEnvironment(task.environment);
  const deps = {
    env,
    registry: tenantRegistry(env.TENANTS_TABLE),
    createRow: rowCreation({ tenants: env.TENANTS_TABLE, idempotency: env.IDEMPOTENCY_TABLE }),
    places: placesIn(queueTable(env.TENANTS_TABLE), slotStore(env.LEASES_TABLE)),
    trail: auditTrail(env.AUDIT_TABLE),
    clock: systemClock,
  };
  return router(deps, logger);
});
