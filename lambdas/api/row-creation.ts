// A tenant begins with one transaction: its row, and the record of the Idempotency-Key that asked for it, or neither.
// So a request that is sent twice, even at once, makes one tenant.
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { type Clock, systemClock } from "../../core/clock.ts";
import { AwsTransientError } from "../../core/errors.ts";
import { parseInput } from "../../core/handler/parse.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";
import { type KeyRecord, keyRecord } from "./idempotency.ts";

type Creation = { outcome: "created" } | { outcome: "taken" } | { outcome: "repeated"; earlier: KeyRecord };

export type CreateRow = (row: Tenant, key: KeyRecord | undefined) => Promise<Creation>;

interface Tables {
  tenants: string;
  idempotency: string;
}

/** The same request sent twice at once makes two transactions meet; the loser's next try finds the winner's key. */
const TRIES = 5;

export const rowCreation = (
  tables: Tables,
  { client = documentClient(), clock = systemClock as Clock } = {},
): CreateRow => {
  const write = async (row: Tenant, key: KeyRecord | undefined): Promise<string[]> => {
    try {
      const TransactItems = puts(tables, row, key, clock.now());
      await client.send(new TransactWriteCommand({ TransactItems }));
      return [];
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code);
      if (codes.some((code) => code === CONDITION || code === CONFLICT)) return codes;
      throw error;
    }
  };

  const recordOf = async (key: string): Promise<KeyRecord> => {
    const get = new GetCommand({ TableName: tables.idempotency, Key: { key }, ConsistentRead: true });
    return parseInput(keyRecord, (await client.send(get)).Item, "idempotency record");
  };

  return async (row, key) => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const [rowCode = "None", keyCode = "None"] = await write(row, key);
      if (rowCode === "None" && keyCode === "None") return { outcome: "created" };
      if (key && keyCode === CONDITION) return { outcome: "repeated", earlier: await recordOf(key.key) };
      if (rowCode === CONDITION) return { outcome: "taken" };
      await clock.sleep(Math.random() * 100 * attempt);
    }
    throw new AwsTransientError(`Another write to tenant ${row.slug} kept this one out ${TRIES} times.`);
  };
};

const CONDITION = "ConditionalCheckFailed";
const CONFLICT = "TransactionConflict";

const puts = (tables: Tables, row: Tenant, key: KeyRecord | undefined, now: number) => {
  const putRow = { TableName: tables.tenants, Item: row, ConditionExpression: "attribute_not_exists(slug)" };
  const putKey = {
    TableName: tables.idempotency,
    Item: key,
    // Time to live deletes late: an expired record counts as gone.
    ConditionExpression: "attribute_not_exists(#key) OR expiresAt < :now",
    ExpressionAttributeNames: { "#key": "key" },
    ExpressionAttributeValues: { ":now": Math.floor(now / 1000) },
  };
  return key ? [{ Put: putRow }, { Put: putKey }] : [{ Put: putRow }];
};
