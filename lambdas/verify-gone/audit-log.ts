// The audit table only grows: an entry is written once, and a second attempt at the same one changes nothing.
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Resource } from "../common/gone.ts";
import { documentClient } from "../common/tenant-store.ts";

export interface AuditEntry {
  slug: string;
  /** `<generation>#<execution>` */
  entry: string;
  at: string;
  reason: string;
  resources: (Resource & { goneAt: string })[];
}

export interface AuditLog {
  /** An entry that is there already counts as written. */
  append(entry: AuditEntry): Promise<void>;
}

export const auditLog = (table: string, client = documentClient()): AuditLog => ({
  append: async (entry) => {
    const put = { TableName: table, Item: entry, ConditionExpression: "attribute_not_exists(slug)" };
    await client.send(new PutCommand(put)).catch((error) => {
      if (error.name !== "ConditionalCheckFailedException") throw error;
    });
  },
});
