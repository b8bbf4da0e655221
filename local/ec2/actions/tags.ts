// CreateTags, DeleteTags and DescribeTags for the resources that live here.
import { DescribeTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import * as z from "zod";
import type { MachineManager } from "../machine/machine-manager.ts";
import { type Actions, action, done } from "../protocol/action.ts";
import { page, pageParameters } from "../protocol/pages.ts";
import { items } from "../protocol/xml.ts";
import { resourceType } from "../world/ids.ts";
import type { Tags } from "../world/model.ts";
import { checkMetadataKeys, setTags, tagParameter } from "../world/tag-rules.ts";
import { findTags, type World } from "../world/world.ts";
import { applyFilters, type Fields, filtersParameter } from "./filters.ts";

interface TagsDeps {
  world: World;
  machineManager: MachineManager;
  /** MiniStack, which knows the tags of everything else */
  ec2: EC2Client;
}

const ids = { ResourceId: z.array(z.string()).min(1) };

interface TagRow {
  resourceId: string;
  resourceType: string;
  key: string;
  value: string;
  tags: Tags;
}

const rowFields: Fields<TagRow> = {
  "resource-id": ({ resourceId }) => [resourceId],
  "resource-type": ({ resourceType }) => [resourceType],
  key: ({ key }) => [key],
  value: ({ value }) => [value],
};

const row = (resourceId: string, resourceType: string, [key, value]: [string, string]): TagRow => ({
  resourceId,
  resourceType,
  key,
  value,
  tags: new Map([[key, value]]),
});

const ownRows = ({ instances, volumes, snapshots }: World): TagRow[] => {
  return [...instances, ...volumes, ...snapshots].flatMap(([id, { tags }]) =>
    [...tags].map((tag) => row(id, resourceType(id) ?? "", tag)),
  );
};

const otherRows = async (ec2: EC2Client): Promise<TagRow[]> => {
  const { Tags = [] } = await ec2.send(new DescribeTagsCommand({}));
  return Tags.map(({ ResourceId = "", ResourceType = "", Key = "", Value = "" }) =>
    row(ResourceId, ResourceType, [Key, Value]),
  ).filter(({ resourceId }) => !resourceType(resourceId));
};

export const tagActions = ({ world, machineManager, ec2 }: TagsDeps): Actions => {
  /** A running machine sees its new tags in its metadata service. */
  function tellMachines(resourceIds: string[]): void {
    for (const id of resourceIds) {
      const instance = world.instances.get(id);
      if (instance) machineManager.update(instance);
    }
  }

  return {
    CreateTags: action(
      z.strictObject({ ...ids, Tag: z.array(tagParameter).min(1) }),
      ({ ResourceId, Tag }) => {
        const keys: Tags = new Map(Tag.map(({ Key, Value }) => [Key, Value]));
        for (const id of ResourceId) {
          findTags(world, id);
          if (world.instances.get(id)?.metadata.instanceMetadataTags === "enabled") checkMetadataKeys(keys);
        }
        for (const id of ResourceId) setTags(findTags(world, id), Tag);
        tellMachines(ResourceId);
        return done;
      },
    ),

    DeleteTags: action(
      z.strictObject({
        ...ids,
        Tag: z.array(z.strictObject({ Key: z.string(), Value: z.string().optional() })).optional(),
      }),
      ({ ResourceId, Tag }) => {
        for (const tags of ResourceId.map((id) => findTags(world, id))) {
          const wanted = Tag ?? [...tags.keys()].map((Key) => ({ Key, Value: undefined }));
          for (const { Key, Value = tags.get(Key) } of wanted) if (tags.get(Key) === Value) tags.delete(Key);
        }
        tellMachines(ResourceId);
        return done;
      },
    ),

    DescribeTags: action(
      z.strictObject({ Filter: filtersParameter, ...pageParameters }),
      async ({ Filter, ...request }) => {
        const rows = [...ownRows(world), ...(await otherRows(ec2))];
        const idOf = ({ resourceId, key }: TagRow): string => `${resourceId} ${key}`;
        const { members, nextToken } = page(applyFilters(Filter, rowFields, rows), idOf, request);
        return { tagSet: items(members.map(({ tags: _, ...columns }) => columns)), nextToken };
      },
    ),
  };
};

/** Whether CreateTags or DeleteTags is about resources of this server's; a request for others goes to MiniStack. */
export const isAboutOwnResources = (resourceIds: unknown): boolean =>
  Array.isArray(resourceIds) &&
  resourceIds.some((id) => typeof id === "string" && resourceType(id) !== undefined);
