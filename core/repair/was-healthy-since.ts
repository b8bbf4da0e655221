// What became of a tenant after a repair that failed: by itself, by hand, or because the trouble was elsewhere.
import type { TenantHealth, TenantRepair } from "../tenant/tenant.ts";

/** Whether it was healthy after that repair began: on what is wrong with it now, no repair was tried yet. */
export const wasHealthySince = (
  repair: Pick<TenantRepair, "startedAt"> | undefined,
  health: Pick<TenantHealth, "healthyUntil"> | undefined,
): boolean => repair !== undefined && (health?.healthyUntil ?? "") > repair.startedAt;
