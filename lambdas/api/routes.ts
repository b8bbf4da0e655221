// Which function answers which path and method.
import { HttpVerbs, Router } from "@aws-lambda-powertools/event-handler/http";
import type { Path, RouteHandler } from "@aws-lambda-powertools/event-handler/types";
import type { Logger } from "@aws-lambda-powertools/logger";
import { type ChangeTenantDeps, changeTenant } from "./change-tenant.ts";
import { type CreateTenantDeps, createTenant } from "./create-tenant.ts";
import { type DeleteTenantDeps, deleteTenant } from "./delete-tenant.ts";
import { describe } from "./describe.ts";
import { type GetTenantDeps, getTenant } from "./get-tenant.ts";
import { type ListEventsDeps, listEvents } from "./list-events.ts";
import { type ListTenantsDeps, listTenants } from "./list-tenants.ts";
import { type OperationName, operations, operationsByPath } from "./operations.ts";
import { type PresentationDeps, presentation } from "./presentation.ts";
import { methodNotAllowed, noSuchRoute } from "./problem.ts";
import type { ApiRequest, Route } from "./route.ts";
import { type WaitForTenantDeps, waitForTenant } from "./wait-for-tenant.ts";

type RouteDeps = CreateTenantDeps &
  GetTenantDeps &
  WaitForTenantDeps &
  ChangeTenantDeps &
  ListTenantsDeps &
  ListEventsDeps &
  DeleteTenantDeps;
export type ApiDeps = Omit<RouteDeps, "present"> & PresentationDeps;

const routes = (deps: RouteDeps): Record<OperationName, Route> => ({
  listTenants: listTenants(deps),
  createTenant: createTenant(deps),
  getTenant: getTenant(deps),
  waitForTenant: waitForTenant(deps),
  listEvents: listEvents(deps),
  changeTenant: changeTenant(deps),
  deleteTenant: deleteTenant(deps),
  describe,
});

/** `/tenants/{slug}` is `/tenants/:slug` to the router. */
const patternOf = (path: string): Path => path.replace(/\{(\w+)\}/g, ":$1") as Path;

export const router = (deps: ApiDeps, logger: Logger): Router => {
  const app = new Router({ logger });
  const route = routes({ ...deps, present: presentation(deps) });
  for (const [path, names] of operationsByPath) {
    const byMethod = new Map<string, Route>(names.map((name) => [operations[name].method, route[name]]));
    const refused = refusal([...byMethod.keys()].join(", "));
    for (const method of Object.values(HttpVerbs)) {
      const found = byMethod.get(method);
      app.route(found ? matched(found) : refused, { method, path: patternOf(path) });
    }
  }
  return app;
};

/** What `$default` took was authorised as none of our routes, however much its path resembles one. */
const matched =
  (route: Route): RouteHandler =>
  (request) => {
    // Nothing but an HTTP API calls this Lambda.
    const { event, params } = request as ApiRequest;
    if (event.routeKey === "$default") throw noSuchRoute();
    return route({ event, params });
  };

const refusal =
  (allow: string): RouteHandler =>
  ({ req }) => {
    throw methodNotAllowed(req.method, allow);
  };
