// The grammar of slugs: each is a DNS label below the base domain, and a part of every name of its tenant.
import * as z from "zod";

/** The names of tunnels, DNS comments and executions have room for the longest. */
export const slugLength = { shortest: 3, longest: 40 };

export const dnsLabel = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** What a slug begins with: fleets are paged by it. */
export const firstCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Marked as an international name by its third and fourth place (RFC 5891), which a slug is not. */
const looksInternational = (label: string): boolean => label.slice(2, 4) === "--";

const allowed = {
  length: `${slugLength.shortest} to ${slugLength.longest} characters`,
  characters: "a-z, 0-9 and inner hyphens, not at either end",
  punycode: "no hyphens in both the third and the fourth place, which mark international names (RFC 5891)",
};

/** Each complaint's message says what is allowed. Which names a stage reserves is the API's to know. */
export const slugSchema = z
  .string("a string")
  .min(slugLength.shortest, allowed.length)
  .max(slugLength.longest, allowed.length)
  .regex(dnsLabel, allowed.characters)
  .refine((slug) => !looksInternational(slug), allowed.punycode);
