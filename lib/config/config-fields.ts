// The kinds of fields that the configuration's schema is made of, each with the words for what it allows.
import * as z from "zod";

export const matching = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `one of ${values.join(", ")}` });

export const wholeNumber = (min: number, max: number) => {
  const allowed = `a whole number from ${min} to ${max}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
};

export const flag = z.boolean("true or false");

export const emailAddresses = z.array(
  z.email("an e-mail address, such as ops@example.com"),
  "a list of e-mail addresses",
);

export const instanceType = matching(
  /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  "an EC2 instance type, such as t4g.small",
);

/** Graviton families carry a g behind their generation number (t4g, c7gn, im4gn); a1 was the first of them. */
export const architectureOf = (type: string): "arm64" | "x86_64" =>
  /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(type) ? "arm64" : "x86_64";
