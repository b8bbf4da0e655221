// GET /tenants: all of them, or those that are asked for, a page at a time, in no particular order.
import * as z from "zod";
import type { Present } from "./presentation.ts";
import { queryRefusal } from "./query-refusal.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import { filterShape, matching } from "./tenant-filter.ts";
import { LONGEST_KEY_BYTES, type TenantRegistry } from "./tenant-registry.ts";
import { validated } from "./validated.ts";

export interface ListTenantsDeps {
  registry: Pick<TenantRegistry, "list">;
  present: Present;
}

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/** What `nextCursor` holds, in base64url: callers hand it back as it is. */
const position = z.strictObject({
  after: z
    .string()
    .min(1)
    .refine((slug) => Buffer.byteLength(slug) <= LONGEST_KEY_BYTES),
});

const allowed = {
  limit: `a whole number from 1 to ${LARGEST_LIMIT}`,
  cursor: "the nextCursor of an earlier answer",
};

export const query = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, allowed.limit)
    .transform(Number)
    .pipe(z.int().min(1, allowed.limit).max(LARGEST_LIMIT, allowed.limit))
    .default(DEFAULT_LIMIT)
    .meta({
      description: "Of a page.",
      override: {
        type: "integer",
        minimum: 1,
        maximum: LARGEST_LIMIT,
        default: DEFAULT_LIMIT,
        pattern: undefined,
      },
    }),
  cursor: z
    .string()
    .transform((text, context) => {
      const found = positionOf(text);
      if (!found) context.addIssue({ code: "custom", message: allowed.cursor });
      return found?.after ?? z.NEVER;
    })
    .optional()
    .meta({ description: "The nextCursor of an earlier answer.", override: { type: "string" } }),
  ...filterShape,
});

export const listTenants =
  ({ registry, present }: ListTenantsDeps): Route =>
  async ({ event }) => {
    const { limit, cursor, ...filter } = validated(
      query,
      event.queryStringParameters ?? {},
      queryRefusal(query),
    );
    const { rows, lastSlug } = await registry.list(limit, cursor, matching(filter));
    return json(200, {
      tenants: await present.all(event, rows),
      ...(lastSlug !== undefined && { nextCursor: cursorAfter(lastSlug) }),
    });
  };

const cursorAfter = (slug: string): string =>
  Buffer.from(JSON.stringify({ after: slug })).toString("base64url");

const positionOf = (cursor: string) => {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch {
    return undefined;
  }
};
