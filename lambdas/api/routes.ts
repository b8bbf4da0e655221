// Which function answers which route. The HTTP API hands everything else to `$default`, so that an unknown path gets
// the same kind of answer as any other mistake.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Route } from "./api-handler.ts";
import { type CreateTenantDeps, createTenant } from "./create-tenant.ts";
import { type DeleteTenantDeps, deleteTenant } from "./delete-tenant.ts";
import { type GetTenantDeps, getTenant } from "./get-tenant.ts";
import { type ListTenantsDeps, listTenants } from "./list-tenants.ts";
import { Problem } from "./problem.ts";

export type ApiDeps = CreateTenantDeps & GetTenantDeps & ListTenantsDeps & DeleteTenantDeps;

export const router = (deps: ApiDeps): Route => {
  const routes: Record<string, Route> = {
    "POST /tenants": createTenant(deps),
    "GET /tenants": listTenants(deps),
    "GET /tenants/{slug}": getTenant(deps),
    "DELETE /tenants/{slug}": deleteTenant(deps),
  };
  return async (event) => {
    const route = routes[event.routeKey];
    if (!route) throw noRoute(event);
    return route(event);
  };
};

const methods = [
  { path: /\/tenants\/?$/, allow: "GET, POST" },
  { path: /\/tenants\/[^/]+$/, allow: "GET, DELETE" },
];

const noRoute = ({ requestContext: { http } }: APIGatewayProxyEventV2): Problem => {
  const known = methods.find(({ path }) => path.test(http.path));
  if (!known) {
    return new Problem({
      status: 404,
      type: "no-such-route",
      title: "There is no such route",
      detail: "The routes are /tenants and /tenants/{slug}.",
    });
  }
  return new Problem({
    status: 405,
    type: "method-not-allowed",
    title: "The method is not allowed here",
    detail: `This path takes ${known.allow}, not ${http.method}.`,
    headers: { allow: known.allow },
  });
};
