// Which function answers which path and method.
import { HttpVerbs, Router } from "@aws-lambda-powertools/event-handler/http";
import type { HttpMethod, RouteHandler } from "@aws-lambda-powertools/event-handler/types";
import type { Logger } from "@aws-lambda-powertools/logger";
import { type CreateTenantDeps, createTenant } from "./create-tenant.ts";
import { type DeleteTenantDeps, deleteTenant } from "./delete-tenant.ts";
import { type GetTenantDeps, getTenant } from "./get-tenant.ts";
import { type ListTenantsDeps, listTenants } from "./list-tenants.ts";
import { type PresentationDeps, presentation } from "./presentation.ts";
import { methodNotAllowed, noSuchRoute } from "./problem.ts";
import type { ApiRequest, Route } from "./route.ts";

type RouteDeps = CreateTenantDeps & GetTenantDeps & ListTenantsDeps & DeleteTenantDeps;
export type ApiDeps = Omit<RouteDeps, "present"> & PresentationDeps;

type Methods = Partial<Record<HttpMethod, Route>>;

const paths = (deps: RouteDeps): { path: `/${string}`; methods: Methods }[] => [
  { path: "/tenants", methods: { GET: listTenants(deps), POST: createTenant(deps) } },
  { path: "/tenants/:slug", methods: { GET: getTenant(deps), DELETE: deleteTenant(deps) } },
];

export const router = (deps: ApiDeps, logger: Logger): Router => {
  const app = new Router({ logger });
  for (const { path, methods } of paths({ ...deps, present: presentation(deps) })) {
    const refused = refusal(Object.keys(methods).join(", "));
    for (const method of Object.values(HttpVerbs)) {
      const route = methods[method];
      app.route(route ? matched(route) : refused, { method, path });
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
