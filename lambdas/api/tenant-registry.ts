// The API's side of the Tenants table: it writes what should exist, and starts nothing itself.
import { ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Clock, systemClock, timestamp } from "../../core/clock.ts";
import { AwsTransientError } from "../../core/errors.ts";
import { parseInput } from "../../core/parse.ts";
import { queueIndex } from "../../core/queue/queue-table.ts";
import { type Purpose, purpose } from "../../core/tenant/purpose.ts";
import { rowUpdate } from "../../core/tenant/row-writer.ts";
import { type Tenant, tenant } from "../../core/tenant/tenant.ts";
import { documentClient, tenantStore } from "../../core/tenant/tenant-store.ts";
import { LONGEST_KEY_BYTES } from "./paging.ts";

export interface TenantRegistry {
  get(slug: string): Promise<Tenant | undefined>;
  /**
   * A page may have fewer rows than the limit, and be followed by another: so many rows are looked at for one, and no more.
   * @param after the slug that the page before ended with
   */
  list(
    limit: number,
    after: string | undefined,
    matches?: (row: Tenant) => boolean,
  ): Promise<{ rows: Tenant[]; lastSlug?: string | undefined }>;
  /**
   * The row as it is then; undefined when there is none.
   * @param change of what it says it is for; may throw, and then nothing is changed
   */
  changePurpose(slug: string, change: (purpose: Purpose) => Purpose): Promise<Tenant | undefined>;
  /** The row as it is now: "deleting", by this call or an earlier one; undefined when there is none. */
  requestDeletion(slug: string): Promise<Tenant | undefined>;
}

/** Of which some are looked for. Rows of a few hundred bytes: no more than DynamoDB reads at once, and a second's work for one request. */
const AT_A_TIME = 500;
const SCANS = 10;

/** A workflow may write between our read and our write, but not for long. */
const TRIES = 5;

export const tenantRegistry = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): TenantRegistry => {
  const rows = tenantStore(table, { client, clock });
  const get = async (slug: string) =>
    Buffer.byteLength(slug) > LONGEST_KEY_BYTES ? undefined : rows.get(slug);

  /** @param update of the row as it was read; undefined: it is as it should be */
  const written = async (slug: string, update: (row: Tenant) => Update | undefined) => {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const row = await get(slug);
      const change = row && update(row);
      if (!change) return row;
      const answer = await client.send(new UpdateCommand(change)).catch(unlessChanged);
      if (answer) return parseInput(tenant, answer.Attributes, `row of tenant ${slug}`);
    }
    throw new AwsTransientError(`The row of tenant ${slug} changed ${TRIES} times while it was written.`);
  };

  /** A row that somebody wrote by hand and got wrong must not hide all the others. */
  const scanAfter = async (last: string | undefined, atMost: number) => {
    const start = last === undefined ? {} : { ExclusiveStartKey: { slug: last } };
    const scan = new ScanCommand({ TableName: table, Limit: atMost, ...start });
    const { Items = [], LastEvaluatedKey: end } = await client.send(scan);
    return {
      rows: Items.flatMap((item) => tenant.safeParse(item).data ?? []),
      lastSlug: end && String(end.slug),
    };
  };

  return {
    get,

    list: async (limit, after, matches) => {
      const found: Tenant[] = [];
      let last = after;
      for (let scans = 0; scans < SCANS; scans += 1) {
        const scanned = await scanAfter(last, matches ? AT_A_TIME : limit + 1);
        found.push(...scanned.rows.filter((row) => !matches || matches(row)));
        // One more than wanted tells whether there is another page.
        if (found.length > limit) return { rows: found.slice(0, limit), lastSlug: found[limit - 1]?.slug };
        last = scanned.lastSlug;
        if (last === undefined) break;
      }
      return { rows: found, lastSlug: last };
    },

    changePurpose: (slug, change) =>
      written(slug, (row) => purposeUpdate(row, change(purpose.parse(row)), table, timestamp(clock))),

    requestDeletion: (slug) =>
      written(slug, (row) =>
        row.status === "deleting" ? undefined : deletionOf(row, table, timestamp(clock)),
      ),
  };
};

const unlessChanged = (error: Error): undefined => {
  if (error.name !== "ConditionalCheckFailedException") throw error;
};

type Update = ReturnType<typeof rowUpdate> & { ReturnValues: "ALL_NEW" };

/** Conditional on what it was made from, so that of two changes at once none is lost. */
const purposeUpdate = (row: Tenant, wanted: Purpose, table: string, now: string): Update => {
  const parts = ["displayName", "labels"] as const;
  const kept = parts.filter((part) => wanted[part] !== undefined);
  const there = parts.filter((part) => row[part] !== undefined);
  const asRead = parts.map((part) =>
    there.includes(part) ? `#${part} = :old_${part}` : `attribute_not_exists(#${part})`,
  );
  return {
    ...rowUpdate(table, row, {
      set: ["updatedAt = :now", ...kept.map((part) => `#${part} = :${part}`)],
      remove: parts.filter((part) => !kept.includes(part)).map((part) => `#${part}`),
      condition: asRead.join(" AND "),
      names: Object.fromEntries(parts.map((part) => [`#${part}`, part])),
      values: {
        ":now": now,
        ...Object.fromEntries(kept.map((part) => [`:${part}`, wanted[part]])),
        ...Object.fromEntries(there.map((part) => [`:old_${part}`, row[part]])),
      },
    }),
    ReturnValues: "ALL_NEW" as const,
  };
};

/** Conditional on the row as it was read, so that two requests at once ask for one removal. */
const deletionOf = (row: Tenant, table: string, now: string): Update => ({
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
