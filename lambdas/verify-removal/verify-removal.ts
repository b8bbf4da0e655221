// Believes no delete: reads everything again, and only when none of it is there writes that down in the audit table.
import type * as z from "zod";
import type { AuditLog, RemovalEntry } from "../../core/audit/audit-log.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import { ResourceStillThereError } from "../../core/errors.ts";
import type { TaskInput } from "../../core/handler/task.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import type { Resource } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import { knownResources } from "./known-resources.ts";
import { type Clouds, remaining } from "./remaining.ts";
import { task } from "./task.ts";

export interface VerifyRemovalDeps extends Clouds {
  env: Pick<z.output<typeof task.environment>, "BASE_DOMAIN" | "VOLUME_RETENTION">;
  tenants: Pick<TenantStore, "get" | "recordRemovalStep">;
  audit: AuditLog<RemovalEntry>;
  clock: Clock;
}

export const verifyRemoval = async (input: TaskInput<typeof task>, deps: VerifyRemovalDeps) => {
  const { key, reason, execution } = input;
  const left = await remaining(key, deps.env, deps);
  if (left.length > 0) throw new ResourceStillThereError(`Not deleted yet: ${listed(left)}.`);
  const at = timestamp(deps.clock);
  const resources = (await expected(key, input.seen, deps)).map((one) => ({ ...one, seenAbsentAt: at }));
  await deps.audit.append({ slug: key.slug, entry: `${key.generation}#${execution}`, at, reason, resources });
  await deps.tenants.recordRemovalStep(key, task.step);
  return { resources };
};

const expected = async (key: TenantKey, seen: Resource[], { env, tenants }: VerifyRemovalDeps) => {
  const row = await tenants.get(key.slug);
  const resources = row?.generation === key.generation ? row.resources : {};
  return knownResources(key, env, resources, seen);
};

const listed = (resources: Resource[]): string => resources.map(({ kind, id }) => `${kind} ${id}`).join(", ");
