// The Tenants table in memory, held to the same contract as the real one (tenant-store.test.ts).
import { type Clock, timestamp } from "../../../core/clock.ts";
import type { Incarnation } from "../../../core/tenant/names.ts";
import { checkStatusChange } from "../../../core/tenant/status.ts";
import type { Tenant } from "../../../core/tenant/tenant.ts";
import { superseded, type TenantStore } from "../../../core/tenant/tenant-store.ts";
import { stillClock } from "../still-clock.ts";

export interface MemoryTenants extends TenantStore {
  rows: Map<string, Tenant>;
}

export const memoryTenants = (rows: Tenant[] = [], clock: Clock = stillClock()): MemoryTenants => {
  const table = new Map(rows.map((row) => [row.slug, row]));
  const rowOf = ({ slug, generation }: Incarnation) => {
    const row = table.get(slug);
    return row?.generation === generation ? row : undefined;
  };
  const finish = (row: Tenant, step: string, made: object = {}) => {
    const now = timestamp(clock);
    const steps = { ...row.steps, [step]: now };
    table.set(row.slug, { ...row, steps, updatedAt: now, resources: { ...row.resources, ...made } });
  };
  return {
    rows: table,
    get: async (slug) => table.get(slug),
    recordStep: async (of, step, made) => {
      const row = rowOf(of);
      if (row?.status !== "provisioning" && row?.status !== "repairing") throw superseded(of);
      finish({ ...row, waiting: undefined }, step, made);
    },
    recordRemovalStep: async (of, step) => {
      const row = rowOf(of);
      if (row) finish({ ...row, waiting: undefined }, step);
    },
    recordWait: async (of, step, reason) => {
      const row = rowOf(of);
      if (row) table.set(row.slug, { ...row, waiting: { step, reason }, updatedAt: timestamp(clock) });
    },
    markFailed: async (of, from, failure) => {
      checkStatusChange({ from, to: "failed" });
      const row = rowOf(of);
      if (row?.status !== from) return false;
      table.set(row.slug, { ...row, status: "failed", failure, updatedAt: timestamp(clock) });
      return true;
    },
    removeAgain: async (of, deletions) => {
      const row = rowOf(of);
      if (row?.status !== "deleting" || row.deletions !== deletions) return false;
      table.set(row.slug, { ...row, deletions: deletions + 1, updatedAt: timestamp(clock) });
      return true;
    },
  };
};
