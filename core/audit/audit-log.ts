// The audit table only grows: an entry is written once, and a second attempt at the same one changes nothing.
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { RungOutcome } from "../repair/repair-input.ts";
import type { Rung } from "../repair/rungs.ts";
import type { KeptResource, Resource } from "../tenant/removal.ts";
import { documentClient } from "../tenant/tenant-store.ts";

interface Entry {
  slug: string;
  /** `<generation>#<execution>`, and for a rung `#<rung>`, for last words `#console`: unique per tenant */
  entry: string;
  at: string;
}

/** A removal that has ended. */
export interface RemovalEntry extends Entry {
  reason: "delete" | "removed" | "compensation";
  resources: (Resource & { seenAbsentAt: string })[];
  /** there, and not ours to delete any more */
  kept?: KeptResource[] | undefined;
}

/** A rung of a repair that was tried. */
export interface RungEntry extends Entry {
  reason: "repair";
  attempt: number;
  rung: Rung;
  outcome: RungOutcome;
  /** what the rung's task said */
  detail?: string | undefined;
  healthy: boolean;
  /** by the probe, in words */
  evidence: string;
  /** of the tenant's data, from before the rung */
  snapshotId?: string | undefined;
}

/** What a machine said before it went: one that did not come up, or that is being replaced. */
export interface LastWordsEntry extends Entry {
  reason: "last-words";
  instanceId: string;
  /** lines of its console, the newest last */
  lastWords: string[];
}

type AuditEntry = RemovalEntry | RungEntry | LastWordsEntry;

export interface AuditLog<Of extends AuditEntry = AuditEntry> {
  /** An entry that is there already counts as written. */
  append(entry: Of): Promise<void>;
}

export const auditLog = (table: string, client = documentClient()): AuditLog => ({
  append: async (entry) => {
    const put = { TableName: table, Item: entry, ConditionExpression: "attribute_not_exists(slug)" };
    await client.send(new PutCommand(put)).catch((error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
  },
});
