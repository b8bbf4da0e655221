// The two writes about work that was lost, besides a repair's own: each only while the row is as it was found.
import { type Clock, systemClock, timestamp } from "../../core/clock.ts";
import type { Incarnation } from "../../core/tenant/names.ts";
import { rowWriter } from "../../core/tenant/row-writer.ts";
import type { TenantFailure } from "../../core/tenant/tenant.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";

export interface LostRows {
  /** `provisioning` or `deleting` → `failed`. False, and nothing changed, when the row has moved on. */
  fail(of: Incarnation, status: "provisioning" | "deleting", failure: TenantFailure): Promise<boolean>;
  /** Counts one more removal, which gives its execution a name of its own; false as above. */
  removeAgain(of: Incarnation, deletions: number): Promise<boolean>;
}

export const lostRows = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): LostRows => {
  const write = rowWriter(table, client);

  return {
    fail: (of, status, failure) =>
      write(of, {
        update: "SET updatedAt = :now, #status = :failed, failure = :failure",
        condition: "#status = :status",
        names: { "#status": "status" },
        values: { ":now": timestamp(clock), ":status": status, ":failed": "failed", ":failure": failure },
      }),

    removeAgain: (of, deletions) =>
      write(of, {
        update: "SET updatedAt = :now, deletions = :next",
        condition: "#status = :deleting AND deletions = :deletions",
        names: { "#status": "status" },
        values: {
          ":now": timestamp(clock),
          ":deleting": "deleting",
          ":deletions": deletions,
          ":next": deletions + 1,
        },
      }),
  };
};
