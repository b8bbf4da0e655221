// A listing is believed only when it holds as much as it says there is: half of one, believed, leaves resources behind.
import * as z from "zod";
import { CloudflareUnavailableError } from "../errors.ts";

const resultInfo = z.object({ total_count: z.int().nonnegative() });

/** How many there are of all pages; undefined when the listing does not say. */
export const totalOf = (listing: { result_info?: unknown }): number | undefined =>
  resultInfo.safeParse(listing.result_info).data?.total_count;

/** @param listing of few resources, which fit into one page @throws CloudflareUnavailableError, which is retried */
export const wholeListing = <T>(what: string, listing: { result: T[]; result_info?: unknown }): T[] => {
  const total = totalOf(listing);
  if (total === listing.result.length) return listing.result;
  throw new CloudflareUnavailableError(
    `Cloudflare gave ${listing.result.length} of ${total ?? "an unknown number of"} answers to: ${what}.`,
  );
};
