// The tenant's row: what should exist, how far it has come, and what went wrong.
import * as z from "zod";

export const tenantStatus = z.enum(["provisioning", "ready", "deleting", "failed"]);
export type TenantStatus = z.infer<typeof tenantStatus>;

/** What the tasks made, by the ids that the clouds gave. */
const tenantResources = z.object({
  tunnelId: z.string().optional(),
  tokenParameter: z.string().optional(),
  instanceId: z.string().optional(),
  availabilityZone: z.string().optional(),
  volumeId: z.string().optional(),
  dnsRecordId: z.string().optional(),
});
export type TenantResources = z.infer<typeof tenantResources>;

/** Why a workflow ended without its goal; `advice` says what to do next. */
const tenantFailure = z.object({
  step: z.string(),
  error: z.string(),
  reason: z.string(),
  advice: z.string(),
  at: z.iso.datetime(),
});
export type TenantFailure = z.infer<typeof tenantFailure>;

export const tenant = z.object({
  slug: z.string(),
  generation: z.ulid(),
  status: tenantStatus,
  hostname: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Finished steps of the workflow under way: state name to the time it finished. */
  steps: z.record(z.string(), z.iso.datetime()),
  resources: tenantResources,
  failure: tenantFailure.optional(),
  /** How often a removal was asked for: it makes each execution's name unique. */
  deletions: z.int().nonnegative(),
});
export type Tenant = z.infer<typeof tenant>;
