// Ends a provision or a removal in the tenant's row: what failed, why, and what is left.
import type * as z from "zod";
import { failureOf, type TenantFailure } from "../../core/tenant/failure.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { task } from "./task.ts";

type Input = z.output<typeof task.input>;

export interface MarkFailedDeps {
  tenants: Pick<TenantStore, "markFailed">;
}

export const markFailed = async (input: Input, { tenants }: MarkFailedDeps) => {
  const { slug, generation, status } = input;
  return { marked: await tenants.markFailed({ slug, generation }, status, whole(input)) };
};

/** A removal that failed may always have left something. */
const whole = ({ failure, cleanUpError, lastWords }: Input): TenantFailure => {
  const found = failureOf(failure, lastWords);
  if (cleanUpError === "") return { ...found, left: "nothing" };
  const reason = cleanUpError ? `${found.reason} The clean-up failed too (${cleanUpError}).` : found.reason;
  return { ...found, reason, left: "resources" };
};
