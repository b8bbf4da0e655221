// What a workflow knows of its failure, as the tenant's row keeps it: reason and advice apart.
import * as z from "zod";
import { ADVICE_SEPARATOR, RepairFailedError } from "../../core/errors.ts";
import type { TenantFailure } from "../../core/tenant/tenant.ts";

export const workflowFailure = z.object({
  step: z.string().min(1),
  error: z.string().min(1),
  /** a Lambda's error as JSON, or plain words */
  cause: z.string(),
  at: z.iso.datetime(),
});

const lambdaError = z.object({ errorMessage: z.string() });

/** An error of somebody else's has no advice of its own: then the runbook's section on repairs is all there is. */
export const failureOf = ({ cause, ...rest }: z.output<typeof workflowFailure>): TenantFailure => {
  const message = messageOf(cause) || "nothing more is known";
  const whole = message.includes(ADVICE_SEPARATOR) ? message : new RepairFailedError(message).message;
  const [reason = "", ...advice] = whole.split(ADVICE_SEPARATOR);
  return { ...rest, reason, advice: advice.join(ADVICE_SEPARATOR) };
};

const messageOf = (cause: string): string => {
  try {
    const { data } = lambdaError.safeParse(JSON.parse(cause));
    return data?.errorMessage ?? cause;
  } catch {
    return cause;
  }
};
