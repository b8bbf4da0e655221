// What the API takes: each operation's method and path, for the gateway, the router and the description alike.

interface Operation {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** parameters in braces */
  path: `/${string}`;
}

export const operations = {
  listTenants: { method: "GET", path: "/tenants" },
  createTenant: { method: "POST", path: "/tenants" },
  getTenant: { method: "GET", path: "/tenants/{slug}" },
  waitForTenant: { method: "GET", path: "/tenants/{slug}/wait" },
  listEvents: { method: "GET", path: "/tenants/{slug}/events" },
  changeTenant: { method: "PATCH", path: "/tenants/{slug}" },
  deleteTenant: { method: "DELETE", path: "/tenants/{slug}" },
  describe: { method: "GET", path: "/openapi.json" },
} as const satisfies Record<string, Operation>;
export type OperationName = keyof typeof operations;

/** Seconds; below what an HTTP API waits for a Lambda, which is 30 (API Gateway Developer Guide, "Quotas"). */
export const LONGEST_WAIT = 25;

/** Each path once, with all of its operations. */
export const operationsByPath: ReadonlyMap<string, readonly OperationName[]> = Map.groupBy(
  Object.keys(operations) as OperationName[],
  (name) => operations[name].path,
);
