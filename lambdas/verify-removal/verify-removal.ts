// Believes no delete: reads everything again, and only when none of it is there writes that down in the audit table.
import type * as z from "zod";
import type { AuditLog, RemovalEntry } from "../../core/audit/audit-log.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import { ResourceStillThereError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import { knownIds } from "../../core/tenant/known-ids.ts";
import type { Resource } from "../../core/tenant/removal.ts";
import { type RemovalRow, removalStep } from "../../core/tenant/removal-step.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { knownResources } from "./known-resources.ts";
import { type Clouds, remaining } from "./remaining.ts";
import { task } from "./task.ts";

export interface VerifyRemovalDeps extends Clouds {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "VOLUME_RETENTION">;
  tenants: Pick<TenantStore, "get"> & RemovalRow;
  audit: AuditLog<RemovalEntry>;
  clock: Clock;
}

export const verifyRemoval = (input: TaskInput<typeof task>, deps: VerifyRemovalDeps) =>
  removalStep(input.key, task.step, deps.tenants, () => proveGone(input, deps));

const proveGone = async (input: TaskInput<typeof task>, deps: VerifyRemovalDeps) => {
  const { key, reason, execution } = input;
  const known = knownResources(key, deps.env, await knownIds(key, deps.tenants), input.seen);
  const { left, kept } = await remaining(key, known, deps.env, deps);
  if (left.length > 0) throw new ResourceStillThereError(`Not deleted yet: ${listed(left)}.`);
  const at = timestamp(deps.clock);
  const gone = known.filter((one) => !kept.some(({ kind, id }) => kind === one.kind && id === one.id));
  const resources = gone.map((one) => ({ ...one, seenAbsentAt: at }));
  const entry = { slug: key.slug, entry: `${key.generation}#${execution}`, at, reason, resources };
  await deps.audit.append({ ...entry, ...(kept.length > 0 && { kept }) });
  return { resources, kept };
};

const listed = (resources: Resource[]): string => resources.map(({ kind, id }) => `${kind} ${id}`).join(", ");
