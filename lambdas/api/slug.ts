// What the API says to a slug that is none.
import * as z from "zod";
import { dnsLabel, looksInternational, slugLength } from "../../core/tenant/slug.ts";

const { shortest, longest } = slugLength;

const allowed = {
  length: `${shortest} to ${longest} characters`,
  characters: "a-z, 0-9 and inner hyphens, not at either end",
  punycode: "no hyphens in both the third and the fourth place, which mark international names (RFC 5891)",
  reserved: "a name that the stage does not reserve",
};

/** Each complaint's message says what is allowed. */
export const slugSchema = (reserved: readonly string[]) =>
  z
    .string("a string")
    .min(shortest, allowed.length)
    .max(longest, allowed.length)
    .regex(dnsLabel, allowed.characters)
    .refine((slug) => !looksInternational(slug), allowed.punycode)
    .refine((slug) => !reserved.includes(slug), allowed.reserved);
