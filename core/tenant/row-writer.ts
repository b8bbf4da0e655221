// How every task writes into a tenant's row: only while it is of the incarnation that the task works for, so that a late
// writer never brings a removed tenant back (an UpdateItem without a condition creates the row anew).
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Incarnation } from "./names.ts";
import type { TenantResources } from "./tenant.ts";

/** In DynamoDB's own notation; `:generation` is taken. */
export interface RowChange {
  update: string;
  /** what must hold besides the generation */
  condition?: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** False, and nothing changed, when the row is gone, of another generation, or not as the condition wants it. */
export type WriteRow = (of: Incarnation, change: RowChange) => Promise<boolean>;

export const rowWriter =
  (table: string, client: DynamoDBDocumentClient): WriteRow =>
  async ({ slug, generation }, { update, condition, names, values }) => {
    const command = new UpdateCommand({
      TableName: table,
      Key: { slug },
      UpdateExpression: update,
      ConditionExpression: ["generation = :generation", ...(condition ? [condition] : [])].join(" AND "),
      ...(names && { ExpressionAttributeNames: names }),
      ExpressionAttributeValues: { ":generation": generation, ...values },
    });
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
      throw error;
    }
  };

/** Ids go in one by one, for a parallel branch adds its own. */
export const settingResources = (made: TenantResources) => {
  const resources = Object.entries(made);
  return {
    sets: resources.map((_, index) => `resources.#r${index} = :r${index}`),
    names: Object.fromEntries(resources.map(([name], index) => [`#r${index}`, name])),
    values: Object.fromEntries(resources.map(([, id], index) => [`:r${index}`, id])),
  };
};
