// What the adapters of instances, volumes and snapshots share: the client, our tags both ways, and bounded waiting.
// Imported only by tasks that need EC2: its client is the largest part of their bundles.

import {
  DescribeInstancesCommand,
  EC2Client,
  type Filter,
  type Instance,
  type ResourceType,
  type Tag,
  type TagSpecification,
} from "@aws-sdk/client-ec2";
import { clientOptions } from "../aws-sdk/aws-client.ts";
import { rememberingCalls } from "../aws-sdk/aws-errors.ts";
import { stageName } from "../stage-names.ts";
import { type TenantKey, tenantTags } from "../tenant/names.ts";

export const ec2Client = (): EC2Client => rememberingCalls(new EC2Client(clientOptions));

export const withTags = (tags: Record<string, string>): Filter[] =>
  Object.entries(tags).map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }));

/** Selects what carries our marker, and only that of one incarnation. */
export const ownedBy = (key: TenantKey): Filter[] => withTags(tenantTags(key));

/** Tags as part of the creation, so that nothing of ours ever exists without its marker. */
export const tagged = (
  type: ResourceType,
  key: TenantKey,
  more: Record<string, string> = {},
): TagSpecification => ({
  ResourceType: type,
  Tags: Object.entries({ ...tenantTags(key), Name: stageName(key.stage, key.slug), ...more }).map(
    ([Key, Value]) => ({ Key, Value }),
  ),
});

/** Whether the tags name another incarnation; those that were lost name none. */
export const isOthers = (tags: Tag[] | undefined, of: TenantKey): boolean =>
  Object.entries(tenantTags(of)).some(([key, value]) => (tagValue(tags, key) ?? value) !== value);

export const tagValue = (tags: Tag[] | undefined, key: string): string | undefined =>
  tags?.find((tag) => tag.Key === key)?.Value;

/** Undefined when EC2 does not show it, which does not say that it has ended. */
export const describeInstance = async (client: EC2Client, id: string): Promise<Instance | undefined> => {
  const { Reservations } = await client
    .send(new DescribeInstancesCommand({ InstanceIds: [id] }))
    .catch(unlessNotFound({ Reservations: [] }));
  return Reservations?.[0]?.Instances?.[0];
};

/** For `catch`: what to answer in place of an instance that EC2 does not show. */
export const unlessNotFound =
  <T>(answer: T) =>
  (error: Error): T => {
    if (error.name === "InvalidInstanceID.NotFound") return answer;
    throw error;
  };

/** For the SDK's waiters: their own first pause of 15 s would be most of a local provision. */
export const waiting = (client: EC2Client, seconds: number) => ({
  client,
  maxWaitTime: seconds,
  minDelay: 1,
  maxDelay: 5,
});

/** Runs one of the SDK's waiters; answers whether what it waits for came, went wrong, or is still to come. */
export const outcomeOf = async (waiter: Promise<unknown>): Promise<"reached" | "failed" | "timeout"> => {
  try {
    await waiter;
    return "reached";
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "failed";
  }
};
