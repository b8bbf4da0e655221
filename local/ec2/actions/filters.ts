// EC2's Filter parameter: every filter must match, by any of its values; they are case-sensitive.
import * as z from "zod";
import { invalidParameter } from "../protocol/errors.ts";
import type { Tags } from "../world/model.ts";
import { wildcard } from "./wildcard.ts";

export const filtersParameter = z
  .array(z.strictObject({ Name: z.string(), Value: z.array(z.string()).min(1) }))
  .default([]);
type Filters = z.output<typeof filtersParameter>;

/** Filter names to the values of a resource that they look at. */
export type Fields<T> = Record<string, (resource: T) => (string | undefined)[]>;

type Read<T> = (resource: T) => (string | undefined)[];

const readTags = <T extends { tags: Tags }>(name: string): Read<T> | undefined => {
  if (name === "tag-key") return ({ tags }) => [...tags.keys()];
  if (name.startsWith("tag:")) return ({ tags }) => [tags.get(name.slice("tag:".length))];
  return undefined;
};

const asPredicate = <T>(read: Read<T>, values: string[]): ((resource: T) => boolean) => {
  const wanted = values.map((value) => wildcard(value));
  return (resource) =>
    read(resource).some((value) => value !== undefined && wanted.some((one) => one.test(value)));
};

/**
 * The resources that pass all filters.
 * @param byTags false for the actions that know no filters by tag @throws Ec2Error on a filter that is not known here
 */
export const applyFilters = <T extends { tags: Tags }>(
  filters: Filters,
  fields: Fields<T>,
  resources: T[],
  { byTags = true } = {},
): T[] => {
  const predicates = filters.map(({ Name, Value }) => {
    const read = (byTags && readTags<T>(Name)) || fields[Name];
    if (read) return asPredicate(read, Value);
    const known = [...(byTags ? ["tag:<key>", "tag-key"] : []), ...Object.keys(fields)].join(", ");
    throw invalidParameter(`The filter '${Name}' is invalid (local/ec2 knows ${known})`);
  });
  return resources.filter((resource) => predicates.every((matches) => matches(resource)));
};
