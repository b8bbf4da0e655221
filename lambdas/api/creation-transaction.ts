// A tenant begins with one transaction: its row, and the record of the Idempotency-Key that asked for it, or neither.
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Tenant } from "../../core/tenant/tenant.ts";
import type { KeyRecord } from "./idempotency.ts";

export interface Tables {
  tenants: string;
  idempotency: string;
}

export interface Beginning {
  row: Tenant;
  key: KeyRecord | undefined;
  /** the incarnation that the key's record names and that is no more: its record may be replaced */
  ended: string | undefined;
  /** seconds since the epoch; time to live deletes late, so an expired record counts as gone */
  now: number;
}

/** "row" or "key": what is there already and stands in the way; "conflict": another transaction is under way. */
export type Written = "both" | "row" | "key" | "conflict";

export const creationTransaction =
  (tables: Tables, client: DynamoDBDocumentClient) =>
  async (beginning: Beginning): Promise<Written> => {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: puts(tables, beginning) }));
      return "both";
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      const [rowCode, keyCode] = codes;
      if (rowCode === CONDITION) return "row";
      if (keyCode === CONDITION) return "key";
      if (codes.includes("TransactionConflict")) return "conflict";
      throw error;
    }
  };

const CONDITION = "ConditionalCheckFailed";

const puts = ({ tenants, idempotency }: Tables, { row, key, ended, now }: Beginning) => {
  const putRow = { TableName: tenants, Item: row, ConditionExpression: "attribute_not_exists(slug)" };
  const putKey = {
    TableName: idempotency,
    Item: key,
    ConditionExpression: "attribute_not_exists(#key) OR expiresAt < :now OR generation = :ended",
    ExpressionAttributeNames: { "#key": "key" },
    ExpressionAttributeValues: { ":now": now, ":ended": ended ?? NO_GENERATION },
  };
  return key ? [{ Put: putRow }, { Put: putKey }] : [{ Put: putRow }];
};

const NO_GENERATION = "none";
