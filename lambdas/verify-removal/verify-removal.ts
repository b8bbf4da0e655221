// Believes no delete: reads everything again, and only when all of it is gone writes that down in the audit table.
import * as z from "zod";
import type { AuditLog, RemovalEntry } from "../../core/audit/audit-log.ts";
import { type Clock, timestamp } from "../../core/clock.ts";
import { ResourceStillThereError } from "../../core/errors.ts";
import { tenantInput } from "../../core/handler/task-handler.ts";
import type { TenantKey } from "../../core/tenant/names.ts";
import { type Resource, resource } from "../../core/tenant/removal.ts";
import type { TenantStore } from "../../core/tenant/tenant-store.ts";
import type { environment } from "./environment.ts";
import { knownResources } from "./known-resources.ts";
import { type Clouds, remaining } from "./remaining.ts";

export const verifyInput = tenantInput.extend({
  reason: z.enum(["delete", "removed", "compensation"]),
  /** the name of the execution, so that each removal has an entry of its own */
  execution: z.string().min(1),
  /** what the delete tasks of this execution answered; what the row knows is added */
  seen: z.array(resource).default([]),
});

export const verifyOutput = z.object({
  resources: z.array(resource.extend({ seenAbsentAt: z.iso.datetime() })),
});

export interface VerifyRemovalDeps extends Clouds {
  env: Pick<z.output<typeof environment>, "STAGE" | "BASE_DOMAIN" | "VOLUME_RETENTION">;
  tenants: Pick<TenantStore, "get" | "recordRemovalStep">;
  audit: AuditLog<RemovalEntry>;
  clock: Clock;
}

export const verifyRemoval = async (input: z.output<typeof verifyInput>, deps: VerifyRemovalDeps) => {
  const { slug, generation, reason, execution } = input;
  const key = { stage: deps.env.STAGE, slug, generation };
  const left = await remaining(key, deps.env, deps);
  if (left.length > 0) throw new ResourceStillThereError(`Not gone yet: ${listed(left)}.`);
  const at = timestamp(deps.clock);
  const resources = (await expected(key, input.seen, deps)).map((gone) => ({ ...gone, seenAbsentAt: at }));
  await deps.audit.append({ slug, entry: `${generation}#${execution}`, at, reason, resources });
  await deps.tenants.recordRemovalStep({ slug, generation }, "Verify Removal");
  return { resources };
};

const expected = async (key: TenantKey, seen: Resource[], { env, tenants }: VerifyRemovalDeps) => {
  const row = await tenants.get(key.slug);
  const resources = row?.generation === key.generation ? row.resources : {};
  return knownResources(key, env, resources, seen);
};

const listed = (resources: Resource[]): string => resources.map(({ kind, id }) => `${kind} ${id}`).join(", ");
