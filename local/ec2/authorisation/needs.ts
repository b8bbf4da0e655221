// What a call needs to be allowed, as the Service Authorization Reference lists it for EC2: actions, resources, and the
// condition keys about tags.
import * as z from "zod";
import type { Request } from "../../iam/decision.ts";
import type { Parameter, Parameters } from "../protocol/query.ts";
import { resourceType } from "../world/ids.ts";
import type { Tags } from "../world/model.ts";
import { type TagSpecifications, tagSpecificationsParameter, tagsFor } from "../world/tag-rules.ts";
import type { World } from "../world/world.ts";

/** Condition keys in lower case, as IAM does not tell their case, to their values; a key that is absent has none. */
export type Context = Record<string, string[]>;

/** One thing that a call needs: an action on a resource, with what conditions may ask about. */
export interface Need {
  action: string;
  /** ARN, which ends in `*` where the resource does not exist yet; or `*` where the action knows no resources */
  resource: string;
  context: Context;
}

/** What IAM is asked: to it, the `*` of a new resource would be every resource of the type. */
export const requestOf = ({ resource, ...need }: Need): Request => ({
  ...need,
  resource: resource === "*" ? resource : resource.replace(/\*$/, "new"),
});

/** Names the account and region of resources. */
export interface Home {
  region: string;
  accountId: string;
}

/** Snapshots and images have no account in their ARNs. */
export const arnOf = ({ region, accountId }: Home, type: string, id: string): string => {
  const owner = type === "snapshot" || type === "image" ? "" : accountId;
  return `arn:aws:ec2:${region}:${owner}:${type}/${id}`;
};

export const context = (entries: Record<string, string | undefined>): Context =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) =>
      value === undefined ? [] : [[key.toLowerCase(), [value]]],
    ),
  );

/** The role that a machine gets must be passed to EC2. */
export const passRole = (roleArn: string): Need => ({
  action: "iam:PassRole",
  resource: roleArn,
  context: context({ "iam:PassedToService": "ec2.amazonaws.com" }),
});

export const requestTags = (tags: Tags): Context => {
  if (tags.size === 0) return {};
  const values = [...tags].map(([key, value]) => [`aws:requesttag/${key}`, value]);
  return { "aws:tagkeys": [...tags.keys()], ...context(Object.fromEntries(values)) };
};

/** @param service whose own spelling of the condition key there is beside AWS's global one */
export const resourceTags = (tags: Tags, service: "ec2" | "ssm"): Context => {
  const prefixes = ["aws", service];
  const values = [...tags].flatMap(([key, value]) =>
    prefixes.map((prefix) => [`${prefix}:resourcetag/${key}`, value]),
  );
  return context(Object.fromEntries(values));
};

/** Tagging on creation needs ec2:CreateTags for every type of resource that gets tags. */
export const tagNeeds = (home: Home, createAction: string, specifications: TagSpecifications): Need[] => {
  const types = new Set(
    specifications.filter(({ Tag }) => Tag.length > 0).map(({ ResourceType }) => ResourceType),
  );
  return [...types].map((type) => ({
    action: "ec2:CreateTags",
    resource: arnOf(home, type, "*"),
    context: {
      ...requestTags(tagsFor(type, specifications)),
      ...context({ "ec2:CreateAction": createAction }),
    },
  }));
};

/** Of a new resource: none exists yet, so any of its type is asked about. */
export const creationNeeds = (home: Home, action: string, type: string, parameters: Parameters): Need[] => {
  const specifications = tagSpecificationsParameter.parse(parameters.TagSpecification);
  const creation = {
    action: `ec2:${action}`,
    resource: arnOf(home, type, "*"),
    context: requestTags(tagsFor(type, specifications)),
  };
  return [creation, ...tagNeeds(home, action, specifications)];
};

const idParameters = ["InstanceId", "VolumeId", "SnapshotId", "ResourceId"];

const idsIn = (parameter: Parameter | undefined): string[] =>
  [parameter ?? []].flat().filter((id) => typeof id === "string");

/** DeleteTags may name a key without a value. */
const tagListParameter = z
  .array(z.object({ Key: z.string(), Value: z.string().default("") }))
  .default([])
  .transform((tags) => new Map(tags.map(({ Key, Value }) => [Key, Value])));

/** Of resources that exist: each that the request names, with its tags. What does not exist is for the action to say. */
export const existingNeeds = (home: Home, world: World, action: string, parameters: Parameters): Need[] => {
  const ids = idParameters.flatMap((name) => idsIn(parameters[name]));
  const added = tagListParameter.parse(parameters.Tag);
  return ids.flatMap((id) => {
    const record = world.instances.get(id) ?? world.volumes.get(id) ?? world.snapshots.get(id);
    if (!record) return [];
    return {
      action: `ec2:${action}`,
      resource: arnOf(home, resourceType(id) ?? "*", id),
      context: {
        ...resourceTags(record.tags, "ec2"),
        ...requestTags(added),
        ...context({ "ec2:InstanceProfile": world.instances.get(id)?.profile?.arn }),
      },
    };
  });
};
