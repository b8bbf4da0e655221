// What a tenant may be called: its slug becomes a DNS label below the base domain.
import * as z from "zod";

const allowed = {
  length: "3 to 40 characters",
  characters: "a-z, 0-9 and inner hyphens, not at either end",
  punycode: "no hyphens in both the third and the fourth place, which mark international names (RFC 5891)",
  reserved: "a name that the stage does not reserve",
};

/** Each complaint's message says what is allowed. */
export const slugSchema = (reserved: readonly string[]) =>
  z
    .string("a string")
    .min(3, allowed.length)
    .max(40, allowed.length)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, allowed.characters)
    .refine((slug) => slug.slice(2, 4) !== "--", allowed.punycode)
    .refine((slug) => !reserved.includes(slug), allowed.reserved);
