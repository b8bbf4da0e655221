// Cloudflare's envelope around every answer, and its pagination.
import type * as z from "zod";
import type { ApiError } from "./errors.ts";

export interface Envelope {
  success: boolean;
  errors: { code: number; message: string }[];
  messages: { code: number; message: string }[];
  result: unknown;
  result_info?: ResultInfo;
}

interface ResultInfo {
  page: number;
  per_page: number;
  count: number;
  total_count: number;
  total_pages: number;
}

export const success = (result: unknown): Envelope => ({ success: true, errors: [], messages: [], result });

export const failure = ({ code, message }: ApiError): Envelope => ({
  success: false,
  errors: [{ code, message }],
  messages: [],
  result: null,
});

export interface PageLimits {
  defaultSize: number;
  maxSize: number;
}

/** The page that the query asks for. Throws the error that `invalid` makes for a page that cannot be. */
export const paginate = (
  items: readonly unknown[],
  query: Record<string, unknown>,
  limits: PageLimits,
  invalid: (message: string) => ApiError,
): Envelope => {
  const page = wholeNumber("page", query.page, 1, Number.MAX_SAFE_INTEGER, invalid);
  const perPage = wholeNumber("per_page", query.per_page, limits.defaultSize, limits.maxSize, invalid);
  const result = items.slice((page - 1) * perPage, page * perPage);
  const total = items.length;
  const pages = Math.ceil(total / perPage);
  const info = { page, per_page: perPage, count: result.length, total_count: total, total_pages: pages };
  return { ...success(result), result_info: info };
};

/**
 * A listing that lost the second half of its page on the way.
 * @param honest whether `result_info` still tells of what is missing
 */
export const halved = (listing: Envelope, honest: boolean): Envelope => {
  if (!Array.isArray(listing.result) || !listing.result_info) return listing;
  const result = listing.result.slice(0, Math.floor(listing.result.length / 2));
  if (honest) return { ...listing, result };
  const { page, per_page } = listing.result_info;
  const total = (page - 1) * per_page + result.length;
  const info = { page, per_page, count: result.length, total_count: total, total_pages: page };
  return { ...listing, result, result_info: info };
};

const wholeNumber = (
  name: string,
  value: unknown,
  otherwise: number,
  max: number,
  invalid: (message: string) => ApiError,
): number => {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw invalid(`${name} is ${JSON.stringify(value)}; it must be a whole number from 1 to ${max}`);
};

/** The body as the schema says, or the error that `invalid` makes, with the path of the first problem. */
export const readBody = <S extends z.ZodType>(
  schema: S,
  body: unknown,
  invalid: (message: string) => ApiError,
): z.infer<S> => {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join(".") || "body"}: ${issue?.message}`);
};
