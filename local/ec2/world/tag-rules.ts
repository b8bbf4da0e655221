// EC2's rules for tags, checked wherever tags arrive: on creation and by CreateTags.
import * as z from "zod";
import { Ec2Error, invalidParameter } from "../protocol/errors.ts";
import type { Tags } from "./model.ts";

export const tagParameter = z.strictObject({ Key: z.string(), Value: z.string().default("") });
type Tag = z.output<typeof tagParameter>;

export const tagSpecificationsParameter = z
  .array(z.strictObject({ ResourceType: z.string(), Tag: z.array(tagParameter).default([]) }))
  .default([]);
export type TagSpecifications = z.output<typeof tagSpecificationsParameter>;

/** Not counting those that AWS sets itself (`aws:`). */
const mostTags = 50;

const checkTag = ({ Key, Value }: Tag): void => {
  if (Key === "" || Key.length > 127)
    throw invalidParameter(`Tag key '${Key}' must have 1 to 127 characters`);
  if (Value.length > 256)
    throw invalidParameter(`The value of tag '${Key}' exceeds the maximum length of 256`);
  if (Key.startsWith("aws:"))
    throw invalidParameter("Tag keys starting with 'aws:' are reserved for internal use");
};

/** Adds or overwrites tags. @throws Ec2Error if one breaks a rule; then none is set */
export const setTags = (tags: Tags, added: Tag[]): void => {
  for (const tag of added) checkTag(tag);
  const keys = new Set(
    [...tags.keys(), ...added.map(({ Key }) => Key)].filter((key) => !key.startsWith("aws:")),
  );
  if (keys.size > mostTags) {
    throw new Ec2Error(
      "TagLimitExceeded",
      "You have reached the maximum number of tags allowed per resource: 50",
    );
  }
  for (const { Key, Value } of added) tags.set(Key, Value);
};

/** The tags that a request's TagSpecifications give to one type of resource. */
export const tagsFor = (type: string, specifications: TagSpecifications): Tags => {
  const tags: Tags = new Map();
  const wanted = specifications.filter(({ ResourceType }) => ResourceType === type);
  setTags(
    tags,
    wanted.flatMap(({ Tag }) => Tag),
  );
  return tags;
};

/** Keys that the metadata service can serve as paths: EC2 refuses other keys where tags are shown there. */
export const checkMetadataKeys = (tags: Tags): void => {
  for (const key of tags.keys()) {
    if (!/^[A-Za-z0-9+\-=._:,@]+$/.test(key) || [".", "..", "_index"].includes(key)) {
      throw invalidParameter(
        `'${key}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`,
      );
    }
  }
};
