// A tenant's row as the tasks see it. Every write names the generation it is for, so that a late writer never brings
// a removed tenant back (an UpdateItem without a condition creates the row anew).
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { clientOptions } from "./aws-client.ts";
import { rememberingCalls } from "./aws-errors.ts";
import { type Clock, systemClock, timestamp } from "./clock.ts";
import { TenantSupersededError } from "./errors.ts";
import type { Incarnation } from "./names.ts";
import { parseInput } from "./parse.ts";
import type { DeprovisionStep, ProvisionStep } from "./steps.ts";
import { type Tenant, type TenantResources, tenant } from "./tenant.ts";

export interface TenantStore {
  /** Strongly consistent; undefined when there is no row. */
  get(slug: string): Promise<Tenant | undefined>;
  /** Records a finished step and what it made, in one write; throws TenantSupersededError. */
  recordStep(of: Incarnation, step: ProvisionStep, made?: TenantResources): Promise<void>;
  /** The same for a removal, which goes on when the row is gone or belongs to another generation. */
  recordRemovalStep(of: Incarnation, step: DeprovisionStep): Promise<void>;
}

export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(rememberingCalls(new DynamoDBClient(clientOptions)), {
    marshallOptions: { removeUndefinedValues: true },
  });

const isConditionFailed = (error: unknown): boolean =>
  error instanceof Error && error.name === "ConditionalCheckFailedException";

export const superseded = ({ slug, generation }: Incarnation): TenantSupersededError =>
  new TenantSupersededError(
    `The row of tenant ${slug} no longer wants generation ${generation}: it is gone, being removed, or of another generation.`,
  );

export const tenantStore = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): TenantStore => ({
  get: async (slug) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: { slug }, ConsistentRead: true }),
    );
    return Item && parseInput(tenant, Item, `row of tenant ${slug}`);
  },

  recordStep: async (of, step, made = {}) => {
    const update = stepUpdate(of, step, made, timestamp(clock));
    update.ExpressionAttributeNames["#status"] = "status";
    update.ExpressionAttributeValues[":provisioning"] = "provisioning";
    update.ConditionExpression += " AND #status = :provisioning";
    try {
      await client.send(new UpdateCommand({ TableName: table, ...update }));
    } catch (error) {
      throw isConditionFailed(error) ? superseded(of) : error;
    }
  },

  recordRemovalStep: async (of, step) => {
    try {
      await client.send(
        new UpdateCommand({ TableName: table, ...stepUpdate(of, step, {}, timestamp(clock)) }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  },
});

/** One write for the step, the time, and each resource: ids go in one by one, for a parallel branch adds its own. */
const stepUpdate = ({ slug, generation }: Incarnation, step: string, made: TenantResources, now: string) => {
  const resources = Object.entries(made);
  return {
    Key: { slug },
    UpdateExpression: [
      "SET steps.#step = :now, updatedAt = :now",
      ...resources.map((_, index) => `resources.#r${index} = :r${index}`),
    ].join(", "),
    ConditionExpression: "generation = :generation",
    ExpressionAttributeNames: {
      "#step": step,
      ...Object.fromEntries(resources.map(([name], index) => [`#r${index}`, name])),
    } as Record<string, string>,
    ExpressionAttributeValues: {
      ":now": now,
      ":generation": generation,
      ...Object.fromEntries(resources.map(([, id], index) => [`:r${index}`, id])),
    } as Record<string, string>,
  };
};
