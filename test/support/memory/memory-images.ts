// Images in memory, held to the same contract as EC2's (images.test.ts).
import type { Image, Images } from "../../../core/aws/images.ts";
import { tagKeys } from "../../../core/tenant/tags.ts";

export interface MemoryImages extends Images {
  stored: Map<string, Image>;
  used: Set<string>;
}

export const memoryImages = (...images: Image[]): MemoryImages => {
  const stored = new Map(images.map((image) => [image.id, { ...image, tags: { ...image.tags } }]));
  const all = (ids: string[]) => ids.flatMap((id) => stored.get(id) ?? []);
  const used = new Set<string>();
  return {
    stored,
    used,
    ofStage: async (stage) => [...stored.values()].filter(({ tags }) => tags[tagKeys.stage] === stage),
    find: async (id) => stored.get(id),
    inUse: async () => new Set(used),
    tag: async (ids, tags) => {
      for (const image of all(ids)) Object.assign(image.tags, tags);
    },
    untag: async (ids, keys) => {
      for (const image of all(ids)) for (const key of keys) delete image.tags[key];
    },
  };
};
