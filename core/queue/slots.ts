// Who was let begin: one item a workflow, written as a whole and only as it was read, so that two who let others begin at
// once never let begin too many.
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { isWritten } from "../aws-sdk/conditional-write.ts";
import { parseInput } from "../parse.ts";
import type { QueuedWorkflowName } from "../tenant/queue.ts";
import { documentClient } from "../tenant/tenant-store.ts";
import type { Holder } from "./queue-order.ts";

const slots = z.object({
  version: z.int().nonnegative(),
  holders: z.array(z.object({ slug: z.string(), generation: z.string(), requestedBy: z.string() })),
});
type Slots = z.output<typeof slots>;

export interface SlotStore {
  /** Strongly consistent. Holders that have ended are among them until the next are let begin. */
  read(workflow: QueuedWorkflowName): Promise<Slots>;
  /** False, and nothing changed, when somebody wrote since. */
  write(workflow: QueuedWorkflowName, holders: Holder[], version: number): Promise<boolean>;
}

const nameOf = (workflow: QueuedWorkflowName): string => `slots/${workflow}`;

export const slotStore = (table: string, client = documentClient()): SlotStore => ({
  read: async (workflow) => {
    const { Item = { version: 0, holders: [] } } = await client.send(
      new GetCommand({ TableName: table, Key: { name: nameOf(workflow) }, ConsistentRead: true }),
    );
    return parseInput(slots, Item, `slots of ${workflow}`);
  },

  write: async (workflow, holders, version) => {
    const put = new PutCommand({
      TableName: table,
      Item: { name: nameOf(workflow), version: version + 1, holders: holders.map(asHolder) },
      ConditionExpression: "attribute_not_exists(version) OR version = :version",
      ExpressionAttributeValues: { ":version": version },
    });
    return isWritten(client.send(put));
  },
});

const asHolder = ({ slug, generation, requestedBy }: Holder): Holder => ({ slug, generation, requestedBy });
