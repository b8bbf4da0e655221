// Those that wait for their workflow to begin, as the Tenants table knows them: a row that waits has the attribute `queue`,
// and an index holds such rows only.
import { BatchGetCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { type Clock, systemClock, timestamp } from "../clock.ts";
import { AwsTransientError } from "../errors.ts";
import type { Incarnation } from "../tenant/names.ts";
import type { QueuedWorkflowName } from "../tenant/queue.ts";
import { rowWriter } from "../tenant/row-writer.ts";
import { tenant } from "../tenant/tenant.ts";
import { documentClient } from "../tenant/tenant-store.ts";
import { tenantWorkflows } from "../workflow/workflows.ts";
import type { Waiter } from "./queue-order.ts";

/** Of the Tenants table. Eventually consistent: it may lack who has just come, and still show who was let begin. */
export const queueIndex = {
  name: "queue",
  partitionKey: "queue",
  sortKey: "queuedAt",
  attributes: ["generation", "requestedBy"],
} as const;

/** Who asked for a row that does not tell. */
export const NOBODY = "nobody";

const waiter = z.object({
  slug: z.string(),
  generation: z.string(),
  queuedAt: z.string(),
  requestedBy: z.string().default(NOBODY),
});

const standing = tenant.pick({ slug: true, generation: true, status: true, queue: true, waiting: true });
export type Standing = z.output<typeof standing>;

export interface QueueTable {
  waiting(workflow: QueuedWorkflowName): Promise<Waiter[]>;
  /** How these rows stand now, strongly consistent; rows that are gone, or that somebody got wrong, are not among them. */
  standings(slugs: string[]): Promise<Standing[]>;
  /** Takes a row from the queue; its stream starts the workflow. False, and nothing changed, when it does not wait there. */
  letBegin(of: Incarnation, workflow: QueuedWorkflowName): Promise<boolean>;
}

/** Source: DynamoDB API Reference, BatchGetItem. */
const MOST_KEYS = 100;

export const queueTable = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): QueueTable => {
  const write = rowWriter(table, client);

  const standingsOf = async (slugs: string[]): Promise<Standing[]> => {
    const Keys = slugs.map((slug) => ({ slug }));
    const names = Object.keys(standing.shape);
    const request = {
      Keys,
      ConsistentRead: true,
      ProjectionExpression: names.map((_, index) => `#a${index}`).join(", "),
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
    };
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({ RequestItems: { [table]: request } }),
    );
    if (Object.keys(UnprocessedKeys).length > 0)
      throw new AwsTransientError("DynamoDB did not read all rows that were asked for.");
    return (Responses[table] ?? []).flatMap((item) => standing.safeParse(item).data ?? []);
  };

  return {
    waiting: async (workflow) => {
      const query = {
        TableName: table,
        IndexName: queueIndex.name,
        KeyConditionExpression: "#queue = :workflow",
        ExpressionAttributeNames: { "#queue": queueIndex.partitionKey },
        ExpressionAttributeValues: { ":workflow": workflow },
      };
      const found: Waiter[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        found.push(...Items.flatMap((item) => waiter.safeParse(item).data ?? []));
      }
      return found;
    },

    standings: async (slugs) => {
      const found: Standing[] = [];
      for (let start = 0; start < slugs.length; start += MOST_KEYS)
        found.push(...(await standingsOf(slugs.slice(start, start + MOST_KEYS))));
      return found;
    },

    letBegin: (of, workflow) =>
      write(of, {
        set: ["updatedAt = :now", ...(workflow === "provision-tenant" ? ["admittedAt = :now"] : [])],
        remove: ["#queue", "queuedAt"],
        condition: "#status = :status AND #queue = :workflow",
        names: { "#status": "status", "#queue": queueIndex.partitionKey },
        values: {
          ":now": timestamp(clock),
          ":status": tenantWorkflows[workflow].status,
          ":workflow": workflow,
        },
      }),
  };
};
