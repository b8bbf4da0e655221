// Turns a schema's complaints into our named errors. Zod's issues tell paths and expectations, never the values found,
// so no secret reaches a message this way.
import type * as z from "zod";
import { InvalidEnvironmentError, InvalidInputError } from "./errors.ts";

const complaints = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".") || "(whole)"}: ${message}`).join("; ");

/** @param what names the value in the message, such as "input" */
export const parseInput = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError(`The ${what} does not fit its schema (${complaints(result.error)}).`);
};

export const parseEnvironment = <Schema extends z.ZodType>(
  schema: Schema,
  variables: NodeJS.ProcessEnv = process.env,
): z.output<Schema> => {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  throw new InvalidEnvironmentError(
    `The environment variables do not fit their schema (${complaints(result.error)}).`,
  );
};
