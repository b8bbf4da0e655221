// The Tenants table as a sweep sees it: all rows at once, and one write for what a sweep found.
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { type NativeAttributeValue, paginateScan } from "@aws-sdk/lib-dynamodb";
import { rowWriter } from "../../core/tenant/row-writer.ts";
import { documentClient } from "../../core/tenant/tenant-store.ts";
import { type FleetRow, fleetRow, type JudgedRow } from "./facts.ts";
import type { Judgement } from "./health-change.ts";

export interface FleetRows {
  /** Approximately: DynamoDB counts every few hours. */
  count(): Promise<number>;
  /** @param initials what the slugs begin with; without them, all rows */
  read(initials?: string[]): Promise<ReadRows>;
  /** False, and nothing changed, when the row is not of the generation and status that were read. */
  write(row: JudgedRow, judgement: Pick<Judgement, "health" | "status" | "failure">): Promise<boolean>;
}

interface ReadRows {
  rows: FleetRow[];
  /** slugs of rows that are not as they should be: somebody wrote them by hand, and they are left alone */
  unreadable: string[];
}

/** Read at the same time, each in pages of a megabyte. */
const SEGMENTS = 4;

const attributes = Object.keys(fleetRow.shape);

export const fleetRows = (table: string, client = documentClient()): FleetRows => ({
  count: async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.ItemCount ?? 0;
  },

  read: async (initials) => {
    const read: ReadRows = { rows: [], unreadable: [] };
    const readSegment = async (Segment: number) => {
      const scan = { ...scanOf(table, initials), Segment, TotalSegments: SEGMENTS };
      for await (const { Items = [] } of paginateScan({ client }, scan)) sort(Items, read);
    };
    await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => readSegment(segment)));
    return read;
  },

  write: ({ slug, generation, status }, judgement) => {
    const write = rowWriter(table, client);
    const { health, failure } = judgement;
    const change = { set: ["health = :health"], values: { ":health": health } };
    const of = { slug, generation };
    const moved = { ...change, status: { from: status, to: judgement.status } };
    if (failure)
      return write(of, {
        ...moved,
        set: [...change.set, "failure = :failure"],
        values: { ...change.values, ":failure": failure },
      });
    if (judgement.status !== status) return write(of, { ...moved, remove: ["failure"] });
    return write(of, {
      ...change,
      condition: "#status = :status",
      names: { "#status": "status" },
      values: { ...change.values, ":status": status },
    });
  },
});

const sort = (items: Record<string, NativeAttributeValue>[], { rows, unreadable }: ReadRows): void => {
  for (const item of items) {
    const { data } = fleetRow.safeParse(item);
    if (data) rows.push(data);
    else unreadable.push(String(item.slug));
  }
};

const scanOf = (table: string, initials: string[] | undefined) => ({
  TableName: table,
  ProjectionExpression: attributes.map((name) => `#${name}`).join(", "),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  ...(initials && {
    FilterExpression: initials.map((_, index) => `begins_with(#slug, :i${index})`).join(" OR "),
    ExpressionAttributeValues: Object.fromEntries(initials.map((one, index) => [`:i${index}`, one])),
  }),
});
