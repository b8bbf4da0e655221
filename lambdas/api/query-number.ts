// A whole number in a query, where everything is text.
import * as z from "zod";

interface QueryNumber {
  /** what is allowed, without its bounds, such as "a whole number of seconds" */
  what: string;
  largest: number;
  /** where the query does not say */
  otherwise: number;
  description: string;
}

/** From 1. */
export const queryNumber = ({ what, largest, otherwise, description }: QueryNumber) => {
  const allowed = `${what} from 1 to ${largest}`;
  return z
    .string()
    .regex(new RegExp(`^\\d{1,${String(largest).length}}$`), allowed)
    .transform(Number)
    .pipe(z.int().min(1, allowed).max(largest, allowed))
    .default(otherwise)
    .meta({
      description,
      override: { type: "integer", minimum: 1, maximum: largest, default: otherwise, pattern: undefined },
    });
};
