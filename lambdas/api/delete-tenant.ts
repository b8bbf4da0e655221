// DELETE /tenants/{slug}: marks the row; the table's stream starts the removal. The slug is asked for twice, because
// nothing brings a removed tenant back.
import * as z from "zod";
import type { Present } from "./presentation.ts";
import { invalid, notFound, shown } from "./problem.ts";
import { parseBody } from "./request-body.ts";
import { accepted } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface DeleteTenantDeps {
  registry: Pick<TenantRegistry, "requestDeletion">;
  present: Present;
}

export const deletion = z
  .strictObject(
    { confirm: z.string("a string: the tenant's slug").meta({ description: "The tenant's slug." }) },
    "an object",
  )
  .meta({ id: "TenantDeletion" });

export const deleteTenant =
  ({ registry, present }: DeleteTenantDeps): Route =>
  async ({ event, params }) => {
    const { slug = "" } = params;
    const { confirm } = parseBody(event, deletion);
    if (confirm !== slug) throw unconfirmed(confirm, slug);
    const row = slug && (await registry.requestDeletion(slug));
    if (!row) throw notFound(slug);
    return accepted(await present.one(event, row));
  };

const unconfirmed = (found: string, slug: string) =>
  invalid("The confirmation does not name the tenant that would be deleted.", [
    { path: "/confirm", ...shown(found), allowed: slug },
  ]);
