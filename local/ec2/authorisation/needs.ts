// What a call needs to be allowed, as the Service Authorization Reference lists it for EC2: actions, resources, and the
// condition keys about tags.
import { z } from "zod";
import { resourceType } from "../ids.ts";
import type { Tags } from "../model.ts";
import type { Parameter, Parameters } from "../protocol/query.ts";
import { type TagSpecifications, tagSpecificationsParameter, tagsFor } from "../tag-rules.ts";
import type { World } from "../world.ts";
import type { Context } from "./conditions.ts";
import type { Need } from "./policy.ts";

/** Names the account and region of resources. */
export interface Home {
  region: string;
  accountId: string;
}

/** Snapshots and images have no account in their ARNs. */
export function arnOf({ region, accountId }: Home, type: string, id: string): string {
  const owner = type === "snapshot" || type === "image" ? "" : accountId;
  return `arn:aws:ec2:${region}:${owner}:${type}/${id}`;
}

export const context = (entries: Record<string, string | undefined>): Context =>
  new Map(
    Object.entries(entries).flatMap(([key, value]) =>
      value === undefined ? [] : [[key.toLowerCase(), [value]]],
    ),
  );

export function requestTags(tags: Tags): Context {
  if (tags.size === 0) return new Map();
  const found: Context = new Map([["aws:tagkeys", [...tags.keys()]]]);
  for (const [key, value] of tags) found.set(`aws:requesttag/${key}`.toLowerCase(), [value]);
  return found;
}

/** @param service whose own spelling of the condition key there is beside AWS's global one */
export function resourceTags(tags: Tags, service: "ec2" | "ssm"): Context {
  const found: Context = new Map();
  for (const [key, value] of tags) {
    for (const prefix of ["aws", service]) found.set(`${prefix}:resourcetag/${key}`.toLowerCase(), [value]);
  }
  return found;
}

/** Tagging on creation needs ec2:CreateTags for every type of resource that gets tags. */
export function tagNeeds(home: Home, createAction: string, specifications: TagSpecifications): Need[] {
  const types = new Set(
    specifications.filter(({ Tag }) => Tag.length > 0).map(({ ResourceType }) => ResourceType),
  );
  return [...types].map((type) => ({
    action: "ec2:CreateTags",
    resource: arnOf(home, type, "*"),
    context: new Map([
      ...requestTags(tagsFor(type, specifications)),
      ...context({ "ec2:CreateAction": createAction }),
    ]),
  }));
}

/** Of a new resource: none exists yet, so any of its type is asked about. */
export function creationNeeds(home: Home, action: string, type: string, parameters: Parameters): Need[] {
  const specifications = tagSpecificationsParameter.parse(parameters.TagSpecification);
  const creation = {
    action: `ec2:${action}`,
    resource: arnOf(home, type, "*"),
    context: requestTags(tagsFor(type, specifications)),
  };
  return [creation, ...tagNeeds(home, action, specifications)];
}

const idParameters = ["InstanceId", "VolumeId", "SnapshotId", "ResourceId"];

const idsIn = (parameter: Parameter | undefined): string[] =>
  [parameter ?? []].flat().filter((id) => typeof id === "string");

/** DeleteTags may name a key without a value. */
const tagListParameter = z
  .array(z.object({ Key: z.string(), Value: z.string().default("") }))
  .default([])
  .transform((tags) => new Map(tags.map(({ Key, Value }) => [Key, Value])));

/** Of resources that exist: each that the request names, with its tags. What does not exist is for the action to say. */
export function existingNeeds(home: Home, world: World, action: string, parameters: Parameters): Need[] {
  const ids = idParameters.flatMap((name) => idsIn(parameters[name]));
  const added = tagListParameter.parse(parameters.Tag);
  return ids.flatMap((id) => {
    const record = world.instances.get(id) ?? world.volumes.get(id) ?? world.snapshots.get(id);
    if (!record) return [];
    return {
      action: `ec2:${action}`,
      resource: arnOf(home, resourceType(id) ?? "*", id),
      context: new Map([...resourceTags(record.tags, "ec2"), ...requestTags(added)]),
    };
  });
}
