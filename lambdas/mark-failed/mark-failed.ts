// Ends a provision or a removal in the tenant's row: what failed, why, and what is left.
import * as z from "zod";
import { tenantInput } from "../../core/handler/task-handler.ts";
import { caughtError, failureOf, type TenantFailure } from "../../core/tenant/failure.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";

export const markFailedInput = tenantInput.extend({
  /** what the row says while the workflow is at work */
  status: z.enum(["provisioning", "deleting"]),
  failure: caughtError,
  /** the error's name, of a provision whose clean-up failed too; empty when it left nothing */
  cleanUpError: z.string().optional(),
});
type Input = z.output<typeof markFailedInput>;

export const markFailedOutput = z.object({
  /** false when the row had moved on */
  marked: z.boolean(),
});

export interface MarkFailedDeps {
  tenants: Pick<TenantStore, "markFailed">;
}

export const markFailed = async (input: Input, { tenants }: MarkFailedDeps) => {
  const { slug, generation, status } = input;
  return { marked: await tenants.markFailed({ slug, generation }, status, whole(input)) };
};

/** A removal that failed may always have left something. */
const whole = ({ failure, cleanUpError }: Input): TenantFailure => {
  const found = failureOf(failure);
  if (cleanUpError === "") return { ...found, left: "nothing" };
  const reason = cleanUpError ? `${found.reason} The clean-up failed too (${cleanUpError}).` : found.reason;
  return { ...found, reason, left: "resources" };
};
