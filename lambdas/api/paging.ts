// How lists are paged: a limit, and a cursor that callers hand back as it is.
import * as z from "zod";
import { queryNumber } from "./query-number.ts";

/** Source: DynamoDB Developer Guide, "Quotas": of a partition key; a longer one is refused as invalid. */
export const LONGEST_KEY_BYTES = 2_048;

const DEFAULT_LIMIT = 50;
const LARGEST_LIMIT = 200;

/** What a cursor holds, in base64url: what the page before ended with. */
const position = z.strictObject({
  after: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= LONGEST_KEY_BYTES),
});

const allowedCursor = "the nextCursor of an earlier answer";

export const pagingShape = {
  limit: queryNumber({
    what: "a whole number",
    largest: LARGEST_LIMIT,
    otherwise: DEFAULT_LIMIT,
    description: "Of a page.",
  }),
  cursor: z
    .string()
    .transform((text, context) => {
      const found = positionOf(text);
      if (!found) context.addIssue({ code: "custom", message: allowedCursor });
      return found?.after ?? z.NEVER;
    })
    .optional()
    .meta({ description: allowedCursor, override: { type: "string" } }),
};

/** @param last what this page ends with; undefined on the last one */
export const next = (last: string | undefined): { nextCursor?: string } =>
  last === undefined
    ? {}
    : { nextCursor: Buffer.from(JSON.stringify({ after: last })).toString("base64url") };

/** In an answer. */
export const nextCursor = z
  .string()
  .optional()
  .meta({ description: "For the next page; absent on the last." });

const positionOf = (cursor: string) => {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch {
    return undefined;
  }
};
