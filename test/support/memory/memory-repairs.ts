// Repairs in the rows of a Tenants table in memory, held to the same contract as the real ones (repair-store.test.ts).
import { type Clock, timestamp } from "../../../core/clock.ts";
import { failuresBefore, type RepairOf, type RepairStore } from "../../../core/repair/repair-store.ts";
import type { Tenant, TenantRepair } from "../../../core/tenant/tenant.ts";
import { superseded } from "../../../core/tenant/tenant-store.ts";
import { stillClock } from "../still-clock.ts";
import type { MemoryTenants } from "./memory-tenants.ts";

type Repairing = Tenant & { repair: TenantRepair };

export const memoryRepairs = ({ rows }: MemoryTenants, clock: Clock = stillClock()): RepairStore => {
  const during = ({ slug, generation, attempt }: RepairOf): Repairing | undefined => {
    const row = rows.get(slug);
    const isIt =
      row?.generation === generation && row.status === "repairing" && row.repair?.attempt === attempt;
    return isIt ? (row as Repairing) : undefined;
  };
  const must = (of: RepairOf): Repairing => {
    const row = during(of);
    if (!row) throw superseded(of);
    return row;
  };
  const put = (row: Tenant, changes: Partial<Tenant>): void => {
    rows.set(row.slug, { ...row, ...changes, updatedAt: timestamp(clock) });
  };

  return {
    begin: async ({ slug, generation, status, repair, health }, reason) => {
      const row = rows.get(slug);
      const unchanged =
        row?.generation === generation && row.status === status && row.repair?.attempt === repair?.attempt;
      if (!unchanged) return false;
      const attempt = (repair?.attempt ?? 0) + 1;
      const startedAt = timestamp(clock);
      put(row, {
        status: "repairing",
        repair: {
          ...repair,
          failures: failuresBefore({ repair, health }),
          attempt,
          resumed: 0,
          reason,
          startedAt,
        },
      });
      return true;
    },

    beginAnew: async (of) => {
      const row = during(of);
      if (!row) return false;
      const { attempt, resumed } = row.repair;
      put(row, { repair: { ...row.repair, attempt: attempt + 1, resumed: resumed + 1 } });
      return true;
    },

    recordRung: async (of, rung, made) => {
      const row = must(of);
      put(row, { repair: { ...row.repair, rung }, resources: { ...row.resources, ...made } });
    },

    finishReplacement: async (of, made) => {
      const row = must(of);
      const { replaces: _, ...repair } = row.repair;
      put(row, { repair, resources: { ...row.resources, ...made } });
    },

    finish: async (of, { status, failures, notBefore, failure }) => {
      const row = must(of);
      const repair = { ...row.repair, failures, notBefore };
      put(row, { status, repair, ...(failure ? { failure } : { failure: undefined, health: undefined }) });
    },
  };
};
