import type { Incarnation } from "./names.ts";
import type { TenantResources } from "./tenant.ts";
import type { TenantStore } from "./tenant-store.ts";

/** The ids that the row of this incarnation holds; none when the row is gone, or another incarnation's. */
export const knownIds = async (
  { slug, generation }: Incarnation,
  tenants: Pick<TenantStore, "get">,
): Promise<TenantResources> => {
  const row = await tenants.get(slug);
  return row?.generation === generation ? row.resources : {};
};
