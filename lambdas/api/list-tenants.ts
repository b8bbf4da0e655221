// GET /tenants: all of them, a page at a time, in no particular order.
import * as z from "zod";
import { badRequest, shown } from "./problem.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";
import { tenantView } from "./tenant-view.ts";

export interface ListTenantsDeps {
  registry: Pick<TenantRegistry, "list">;
}

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/** What `nextCursor` holds, in base64url: callers hand it back as it is. */
const cursor = z.strictObject({ after: z.string().min(1) });

export const listTenants =
  ({ registry }: ListTenantsDeps): Route =>
  async ({ event: { queryStringParameters: query = {} } }) => {
    const { limit, cursor: from, ...unknown } = query;
    for (const name of Object.keys(unknown)) throw refused(name, unknown[name], "only limit and cursor");
    const { rows, lastSlug } = await registry.list(
      parseLimit(limit),
      from === undefined ? from : parseCursor(from),
    );
    return json(200, {
      tenants: rows.map(tenantView),
      ...(lastSlug !== undefined && { nextCursor: cursorAfter(lastSlug) }),
    });
  };

const refused = (path: string, found: string | undefined, allowed: string) =>
  badRequest(`The query parameter ${path} is not allowed so.`, [{ path, ...shown(found), allowed }]);

const parseLimit = (found: string | undefined): number => {
  if (found === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,3}$/.test(found) ? Number(found) : 0;
  if (limit >= 1 && limit <= LARGEST_LIMIT) return limit;
  throw refused("limit", found, `a whole number from 1 to ${LARGEST_LIMIT}`);
};

const cursorAfter = (slug: string): string =>
  Buffer.from(JSON.stringify({ after: slug })).toString("base64url");

const parseCursor = (found: string): string => {
  try {
    return cursor.parse(JSON.parse(Buffer.from(found, "base64url").toString())).after;
  } catch {
    throw refused("cursor", found, "the nextCursor of an earlier answer");
  }
};
