// What becomes of a request for a tenant. A key's record names the incarnation that it made, and ends with it
// (docs/adr/0017-a-key-ends-with-its-tenant.md).
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { type Clock, systemClock } from "../../core/clock.ts";
import { AwsTransientError } from "../../core/errors.ts";
import { parseInput } from "../../core/parse.ts";
import type { Tenant } from "../../core/tenant/tenant.ts";
import { documentClient, tenantStore } from "../../core/tenant/tenant-store.ts";
import { type Beginning, creationTransaction, type Tables } from "./creation-transaction.ts";
import { type KeyRecord, keyRecord } from "./idempotency.ts";

type Creation =
  | { outcome: "created" }
  | { outcome: "taken" }
  /** the key was used for this very request, and what it made is there, as this row */
  | { outcome: "repeated"; row: Tenant }
  /** the key was used for another request */
  | { outcome: "reused" };

/** Another try decides; with `ended`, as a new request, because what the key made is no more. */
interface Undecided {
  outcome: "undecided";
  ended: string | undefined;
}

export type CreateRow = (row: Tenant, key: KeyRecord | undefined) => Promise<Creation>;

/** The same request sent twice at once makes two transactions meet; the loser's next try finds the winner's key. */
const TRIES = 5;

export const rowCreation = (
  tables: Tables,
  { client = documentClient(), clock = systemClock as Clock } = {},
): CreateRow => {
  const { get } = tenantStore(tables.tenants, { client });
  const write = creationTransaction(tables, client);
  const seconds = () => Math.floor(clock.now() / 1000);

  /** Undefined when there is none, or one whose day is over. */
  const livingRecord = async (key: string): Promise<KeyRecord | undefined> => {
    const command = new GetCommand({ TableName: tables.idempotency, Key: { key }, ConsistentRead: true });
    const { Item } = await client.send(command);
    const record = Item && parseInput(keyRecord, Item, "idempotency record");
    return record && record.expiresAt >= seconds() ? record : undefined;
  };

  /** Two reads may straddle another's transaction: that a key is over counts only if the next write agrees. */
  const whatStandsInTheWay = async (
    key: KeyRecord,
    ended: string | undefined,
    way: "row" | "key",
  ): Promise<Creation | Undecided> => {
    const record = await livingRecord(key.key);
    if (record && record.fingerprint !== key.fingerprint) return { outcome: "reused" };
    const made = record && (await get(record.slug));
    if (made && made.generation === record.generation) return { outcome: "repeated", row: made };
    if (way === "row" && record?.generation === ended) return { outcome: "taken" };
    return { outcome: "undecided", ended: record?.generation };
  };

  const attempt = async ({ row, key, ended }: Omit<Beginning, "now">): Promise<Creation | Undecided> => {
    const written = await write({ row, key, ended, now: seconds() });
    if (written === "both") return { outcome: "created" };
    if (written === "conflict") return { outcome: "undecided", ended };
    return key ? whatStandsInTheWay(key, ended, written) : { outcome: "taken" };
  };

  return async (row, key) => {
    let ended: string | undefined;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const creation = await attempt({ row, key, ended });
      if (creation.outcome !== "undecided") return creation;
      if (creation.ended === ended) await clock.sleep(Math.random() * 100 * tries);
      ended = creation.ended;
    }
    throw new AwsTransientError(`Another write to tenant ${row.slug} kept this one out ${TRIES} times.`);
  };
};
