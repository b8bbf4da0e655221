// How every task writes into a tenant's row: only while it is of the incarnation that the task works for, so that a late
// writer never brings a removed tenant back (an UpdateItem without a condition creates the row anew).
import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { isWritten } from "../aws-sdk/conditional-write.ts";
import type { Incarnation } from "./names.ts";
import { checkStatusChange, type StatusChange } from "./status.ts";
import type { TenantResources } from "./tenant.ts";

/** In DynamoDB's own notation; `:generation`, `#status`, `:from` and `:to` are taken. */
export interface RowChange {
  /** what `SET`, `REMOVE` and `ADD` are followed by */
  set?: string[];
  remove?: string[];
  add?: string[];
  /** happens only where the row still has the first status */
  status?: StatusChange;
  /** what must hold besides the generation */
  condition?: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** False, and nothing changed, when the row is gone, of another generation, or not as the condition wants it. */
export type WriteRow = (of: Incarnation, change: RowChange) => Promise<boolean>;

export const rowWriter =
  (table: string, client: DynamoDBDocumentClient): WriteRow =>
  async (of, change) =>
    isWritten(client.send(new UpdateCommand(rowUpdate(table, of, change))));

/** @throws InvalidInputError for a status that may not follow the other */
export const rowUpdate = (table: string, { slug, generation }: Incarnation, change: RowChange) => {
  const { status, condition, names, values } = change;
  if (status) checkStatusChange(status);
  const conditions = ["generation = :generation", status && "#status = :from", condition];
  return {
    TableName: table,
    Key: { slug },
    UpdateExpression: updateExpression(change),
    ConditionExpression: conditions.filter((one) => one !== undefined).join(" AND "),
    ...((names || status) && {
      ExpressionAttributeNames: { ...(status && { "#status": "status" }), ...names },
    }),
    ExpressionAttributeValues: {
      ":generation": generation,
      ...(status && { ":from": status.from, ":to": status.to }),
      ...values,
    },
  };
};

const updateExpression = ({ set = [], remove = [], add = [], status }: RowChange): string => {
  const clauses = { SET: status ? ["#status = :to", ...set] : set, REMOVE: remove, ADD: add };
  return Object.entries(clauses)
    .filter(([, parts]) => parts.length > 0)
    .map(([verb, parts]) => `${verb} ${parts.join(", ")}`)
    .join(" ");
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
