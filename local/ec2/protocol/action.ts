// The shape of every action answered here: parameters checked against a schema, then the work.
import type * as z from "zod";
import { type Parameters, parseParameters } from "./query.ts";
import type { Answer } from "./xml.ts";

export type Action = (parameters: Parameters) => Promise<Answer>;
export type Actions = Record<string, Action>;

/** @param run gets the checked parameters, and those of the request as they came for idempotency */
export const action =
  <S extends z.ZodType>(
    schema: S,
    run: (input: z.output<S>, parameters: Parameters) => Answer | Promise<Answer>,
  ): Action =>
  async (parameters) =>
    run(parseParameters(schema, parameters), parameters);

/** What most of the changing calls answer. */
export const done: Answer = { return: true };
