// A tenant's slug on the command line, refused before anything else is done.
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { slugSchema } from "../core/tenant/slug.ts";

export const slugArgument = (value: string): string => {
  const { data, error } = slugSchema.safeParse(value);
  if (data !== undefined) return data;
  const allowed = error?.issues.map(({ message }) => message).join("; ");
  throw new InvalidArgumentError(`Allowed: ${allowed}.`);
};
