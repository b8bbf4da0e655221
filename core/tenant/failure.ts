// Why a workflow ended without its goal, as a tenant's row keeps it. What to do about it is looked up by the error's name
// when it is shown (core/advice.ts).
import * as z from "zod";
import type { WarrenError } from "../errors.ts";

export const tenantFailure = z.object({
  /** the state that failed */
  step: z.string(),
  /** the error's name */
  error: z.string(),
  /** what was found, in a sentence */
  reason: z.string(),
  at: z.iso.datetime(),
  /** what a provision or a removal has left behind; not there for a repair */
  left: z.enum(["nothing", "resources"]).optional(),
  /** of the machine's console, the newest last: of one that did not come up, or that was replaced in vain */
  lastWords: z.array(z.string()).optional(),
});
export type TenantFailure = z.infer<typeof tenantFailure>;

/** What a workflow's catcher knows: Step Functions' own words, and the state it caught the error in. */
export const caughtError = z.object({
  step: z.string().min(1),
  Error: z.string().min(1),
  /** a Lambda's error as JSON, or plain words */
  Cause: z.string().default(""),
  at: z.iso.datetime(),
});
export type CaughtError = z.output<typeof caughtError>;

/** @param lastWords of the machine */
export const failureOf = (
  { step, Error: error, Cause: cause, at }: CaughtError,
  lastWords: string[] = [],
): TenantFailure => ({
  step,
  error,
  reason: messageOf(cause) || "Nothing more is known.",
  at,
  ...(lastWords.length > 0 && { lastWords }),
});

/** Of what no catcher saw. */
export const failureFrom = (step: string, { name, message }: WarrenError, at: string): TenantFailure => ({
  step,
  error: name,
  reason: message,
  at,
});

const lambdaError = z.object({ errorMessage: z.string() });

const messageOf = (cause: string): string => {
  try {
    return lambdaError.safeParse(JSON.parse(cause)).data?.errorMessage ?? cause;
  } catch {
    return cause;
  }
};
