// Ends a provision or a removal in the tenant's row: what failed, why, and what is left. A removal that met what passes by
// itself is not failed: its row stays as it is, and a sweep begins it again.
import type * as z from "zod";
import { passes } from "../../core/errors.ts";
import { failureOf, type TenantFailure } from "../../core/tenant/failure.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { task } from "./task.ts";

type Input = z.output<typeof task.input>;

export interface MarkFailedDeps {
  tenants: Pick<TenantStore, "markFailed" | "recordWait">;
}

export const markFailed = async (input: Input, { tenants }: MarkFailedDeps) => {
  const { slug, generation, status, failure } = input;
  const of = { slug, generation };
  if (status === "provisioning" || !passes(failure.Error))
    return { marked: await tenants.markFailed(of, status, whole(input)) };
  const { reason, error, step } = failureOf(failure);
  await tenants.recordWait(of, step, `${reason} (${error}) The removal is begun again by itself.`);
  return { marked: false };
};

/** A removal that failed may always have left something. */
const whole = ({ failure, cleanUpError, lastWords }: Input): TenantFailure => {
  const found = failureOf(failure, lastWords);
  if (cleanUpError === "") return { ...found, left: "nothing" };
  const reason = cleanUpError ? `${found.reason} The clean-up failed too (${cleanUpError}).` : found.reason;
  return { ...found, reason, left: "resources" };
};
