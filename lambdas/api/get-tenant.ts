// GET /tenants/{slug}: how one tenant stands.
import type { Present } from "./presentation.ts";
import { notFound } from "./problem.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";

export interface GetTenantDeps {
  registry: Pick<TenantRegistry, "get">;
  present: Present;
}

export const getTenant =
  ({ registry, present }: GetTenantDeps): Route =>
  async ({ event, params: { slug = "" } }) => {
    const row = slug && (await registry.get(slug));
    if (!row) throw notFound(slug);
    return json(200, await present.one(event, row));
  };
