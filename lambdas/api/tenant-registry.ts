// The API's side of the Tenants table: it writes what should exist, and starts nothing itself.
import { ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Clock, systemClock, timestamp } from "../../core/clock.ts";
import { AwsTransientError } from "../../core/errors.ts";
import { parseInput } from "../../core/parse.ts";
import { queueIndex } from "../../core/queue/queue-table.ts";
import { rowUpdate } from "../../core/tenant/row-writer.ts";
import { type Tenant, tenant } from "../../core/tenant/tenant.ts";
import { documentClient, tenantStore } from "../../core/tenant/tenant-store.ts";

export interface TenantRegistry {
  get(slug: string): Promise<Tenant | undefined>;
  /** @param after the slug that the page before ended with */
  list(limit: number, after?: string): Promise<{ rows: Tenant[]; lastSlug?: string }>;
  /** The row as it is now: "deleting", by this call or an earlier one; undefined when there is none. */
  requestDeletion(slug: string): Promise<Tenant | undefined>;
}

/** Source: DynamoDB Developer Guide, "Quotas": of a partition key; a longer one is refused as invalid. */
export const LONGEST_KEY_BYTES = 2_048;

/** A workflow may write between our read and our write, but not for long. */
const TRIES = 5;

export const tenantRegistry = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): TenantRegistry => {
  const rows = tenantStore(table, { client, clock });
  const get = async (slug: string) =>
    Buffer.byteLength(slug) > LONGEST_KEY_BYTES ? undefined : rows.get(slug);

  return {
    get,

    list: async (limit, after) => {
      const start = after === undefined ? {} : { ExclusiveStartKey: { slug: after } };
      // One more than wanted tells whether there is another page.
      const scan = new ScanCommand({ TableName: table, Limit: limit + 1, ...start });
      const { Items = [], LastEvaluatedKey } = await client.send(scan);
      const page = Items.slice(0, limit);
      const last = Items.length > limit ? page.at(-1) : LastEvaluatedKey;
      // A row that somebody wrote by hand and got wrong must not hide all the others.
      const readable = page.flatMap((item) => tenant.safeParse(item).data ?? []);
      return { rows: readable, ...(last && { lastSlug: String(last.slug) }) };
    },

    requestDeletion: async (slug) => {
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        const row = await get(slug);
        if (!row || row.status === "deleting") return row;
        const update = new UpdateCommand(deletionOf(row, table, timestamp(clock)));
        const answer = await client.send(update).catch(unlessChanged);
        if (answer) return parseInput(tenant, answer.Attributes, `row of tenant ${slug}`);
      }
      throw new AwsTransientError(`The row of tenant ${slug} changed ${TRIES} times while it was marked.`);
    },
  };
};

const unlessChanged = (error: Error): undefined => {
  if (error.name !== "ConditionalCheckFailedException") throw error;
};

/** Conditional on the row as it was read, so that two requests at once ask for one removal. */
const deletionOf = (row: Tenant, table: string, now: string) => ({
  ...rowUpdate(table, row, {
    status: { from: row.status, to: "deleting" },
    set: ["updatedAt = :now", "steps = :none", "deletions = :next", "#queue = :queue", "queuedAt = :now"],
    remove: ["failure"],
    condition: "deletions = :deletions",
    names: { "#queue": queueIndex.partitionKey },
    values: {
      ":queue": "deprovision-tenant",
      ":now": now,
      ":none": {},
      ":next": row.deletions + 1,
      ":deletions": row.deletions,
    },
  }),
  ReturnValues: "ALL_NEW" as const,
});
