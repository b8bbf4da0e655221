// A tenant's row as the tasks see it: read whole, and written step by step.
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import { clientOptions } from "../aws-sdk/aws-client.ts";
import { rememberingCalls } from "../aws-sdk/aws-errors.ts";
import { type Clock, systemClock, timestamp } from "../clock.ts";
import { TenantSupersededError } from "../errors.ts";
import { parseInput } from "../parse.ts";
import type { TenantFailure } from "./failure.ts";
import type { Incarnation } from "./names.ts";
import { rowWriter, settingResources } from "./row-writer.ts";
import type { DeprovisionStep, ProvisionStep } from "./steps.ts";
import { type Tenant, type TenantResources, tenant } from "./tenant.ts";

export interface TenantStore {
  /** Strongly consistent; undefined when there is no row. */
  get(slug: string): Promise<Tenant | undefined>;
  /** Records a finished step of a provision or a repair and what it made, in one write; throws TenantSupersededError. */
  recordStep(of: Incarnation, step: ProvisionStep, made?: TenantResources): Promise<void>;
  /** The same for a removal, which goes on when the row is gone or belongs to another generation. */
  recordRemovalStep(of: Incarnation, step: DeprovisionStep): Promise<void>;
  /** What a workflow waits for, and in which state, until a step finishes; nothing where the row is not this incarnation's. */
  recordWait(of: Incarnation, step: string, reason: string): Promise<void>;
  /** Ends a provision or a removal; false, and nothing changed, when the row does not have that status any more. */
  markFailed(of: Incarnation, from: "provisioning" | "deleting", failure: TenantFailure): Promise<boolean>;
  /**
   * Counts one more removal, which gives its execution a name of its own; false, and nothing changed, when the row is not
   * being removed, or another one was counted.
   */
  removeAgain(of: Incarnation, deletions: number): Promise<boolean>;
}

export const documentClient = (options: DynamoDBClientConfig = clientOptions): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(rememberingCalls(new DynamoDBClient(options)), {
    marshallOptions: { removeUndefinedValues: true },
  });

export const superseded = ({ slug, generation }: Incarnation): TenantSupersededError =>
  new TenantSupersededError(
    `The row of tenant ${slug} no longer wants generation ${generation}: it is gone, being removed, or of another generation.`,
  );

export const tenantStore = (
  table: string,
  { client = documentClient(), clock = systemClock as Clock } = {},
): TenantStore => {
  const write = rowWriter(table, client);

  return {
    get: async (slug) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { slug }, ConsistentRead: true }),
      );
      return Item && parseInput(tenant, Item, `row of tenant ${slug}`);
    },

    recordStep: async (of, step, made = {}) => {
      const { sets, names, values } = settingResources(made);
      const recorded = await write(of, {
        set: ["steps.#step = :now", "updatedAt = :now", ...sets],
        remove: ["waiting"],
        condition: "#status IN (:provisioning, :repairing)",
        names: { "#step": step, "#status": "status", ...names },
        values: {
          ":now": timestamp(clock),
          ":provisioning": "provisioning",
          ":repairing": "repairing",
          ...values,
        },
      });
      if (!recorded) throw superseded(of);
    },

    recordRemovalStep: async (of, step) => {
      await write(of, {
        set: ["steps.#step = :now", "updatedAt = :now"],
        remove: ["waiting"],
        names: { "#step": step },
        values: { ":now": timestamp(clock) },
      });
    },

    recordWait: async (of, step, reason) => {
      await write(of, {
        set: ["waiting = :waiting", "updatedAt = :now"],
        values: { ":waiting": { step, reason }, ":now": timestamp(clock) },
      });
    },

    markFailed: (of, from, failure) =>
      write(of, {
        status: { from, to: "failed" },
        set: ["failure = :failure", "updatedAt = :now"],
        remove: ["waiting"],
        values: { ":failure": failure, ":now": timestamp(clock) },
      }),

    removeAgain: (of, deletions) =>
      write(of, {
        set: ["deletions = :next", "updatedAt = :now"],
        condition: "#status = :deleting AND deletions = :deletions",
        names: { "#status": "status" },
        values: {
          ":deleting": "deleting",
          ":deletions": deletions,
          ":next": deletions + 1,
          ":now": timestamp(clock),
        },
      }),
  };
};
