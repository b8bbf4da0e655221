// GET /tenants/{slug}: how one tenant stands.
import type { Places } from "./places.ts";
import { notFound } from "./problem.ts";
import { json } from "./responses.ts";
import type { Route } from "./route.ts";
import type { TenantRegistry } from "./tenant-registry.ts";
import { tenantView } from "./tenant-view.ts";

export interface GetTenantDeps {
  env: { BASE_DOMAIN: string };
  registry: Pick<TenantRegistry, "get">;
  places: Places;
}

export const getTenant =
  ({ env, registry, places }: GetTenantDeps): Route =>
  async ({ params: { slug = "" } }) => {
    const row = slug && (await registry.get(slug));
    if (!row) throw notFound(slug);
    return json(200, tenantView(row, env.BASE_DOMAIN, (await places([row])).get(slug)));
  };
