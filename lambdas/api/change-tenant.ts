// PATCH /tenants/{slug}: what a tenant says it is for. Nothing of its machine changes.
import * as z from "zod";
import {
  displayNameSchema,
  labelKeySchema,
  labelsSchema,
  labelValueSchema,
  type Purpose,
} from "../../core/tenant/purpose.ts";
import type { Present } from "./presentation.ts";
import { invalid, notFound } from "./problem.ts";
import { parseBody } from "./request-body.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface ChangeTenantDeps {
  registry: Pick<TenantRegistry, "changePurpose">;
  present: Present;
}

/** As RFC 7396 has it: null takes away, and what is not named stays. The owner stays: whose turn it is hangs on it. */
export const change = z
  .strictObject(
    {
      displayName: displayNameSchema.nullable().optional(),
      labels: z
        .record(labelKeySchema, labelValueSchema.nullable(), "an object of labels")
        .optional()
        .meta({
          description: "Those that are named change; null takes one away.",
          example: { purpose: null },
        }),
    },
    "an object",
  )
  .meta({ id: "TenantChange" });

export const changeTenant =
  ({ registry, present }: ChangeTenantDeps): Route =>
  async ({ event, params: { slug = "" } }) => {
    const wanted = parseBody(event, change);
    const row = await registry.changePurpose(slug, (purpose) => changed(purpose, wanted));
    if (!row) throw notFound(slug);
    return json(200, await present.one(event, row));
  };

const changed = (purpose: Purpose, { displayName, labels }: z.output<typeof change>): Purpose => {
  const merged = Object.entries({ ...purpose.labels, ...labels }).filter(([, value]) => value !== null);
  const all = labelsSchema.safeParse(Object.fromEntries(merged));
  if (!all.success) {
    const found = `${merged.length} labels`;
    const errors = all.error.issues.map(({ message }) => ({ path: "/labels", found, allowed: message }));
    throw invalid("The tenant would have too many labels.", errors);
  }
  const name = displayName === undefined ? purpose.displayName : (displayName ?? undefined);
  return { ...purpose, displayName: name, labels: all.data };
};
