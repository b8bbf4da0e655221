// GET /tenants: all of them, or those that are asked for, a page at a time, in no particular order.
import * as z from "zod";
import { next, pagingShape } from "./paging.ts";
import type { Present } from "./presentation.ts";
import { parseQuery } from "./request-query.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import { filterShape, matching } from "./tenant-filter.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface ListTenantsDeps {
  registry: Pick<TenantRegistry, "list">;
  present: Present;
}

export const query = z.strictObject({ ...pagingShape, ...filterShape });

export const listTenants =
  ({ registry, present }: ListTenantsDeps): Route =>
  async ({ event }) => {
    const { limit, cursor, ...filter } = parseQuery(event, query);
    const { rows, lastSlug } = await registry.list(limit, cursor, matching(filter));
    return json(200, { tenants: await present.all(event, rows), ...next(lastSlug) });
  };
