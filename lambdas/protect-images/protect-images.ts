// Decides which images of the stage may be cleared away. An image is made with the tag that keeps it, and loses it only
// here, once neither an instance nor a launch template nor a parameter needs it: if this never ran, nothing would be
// removed. Whatever cannot be read ends the run before any tag is taken away.
import type * as z from "zod";
import { isPromoted, keepTag } from "../../core/aws/image-tags.ts";
import type { Image, Images } from "../../core/aws/images.ts";
import type { Parameters } from "../../core/aws/parameters.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { task } from "./task.ts";

interface Deps {
  env: z.output<typeof task.environment>;
  images: Images;
  parameters: Pick<Parameters, "exists" | "read">;
}

interface Outcome {
  kept: string[];
  /** Those kept that had lost the tag. */
  protected: string[];
  /** Left to the lifecycle policy by this run. */
  released: string[];
}

export const protectImages = async ({ env, images, parameters }: Deps): Promise<Outcome> => {
  const all = (await images.ofStage(env.STAGE)).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const needed = await images.inUse();
  if (await parameters.exists(env.AMI_PARAMETER)) needed.add(await parameters.read(env.AMI_PARAMETER));
  const newest = new Set(all.slice(0, env.KEEP_IMAGES));
  const isKept = (image: Image) => needed.has(image.id) || newest.has(image) || isPromoted(image.tags);
  const isTagged = ({ tags }: Image) => tags[tagKeys.keep] === keepTag[tagKeys.keep];
  const outcome = {
    kept: idsOf(all.filter(isKept)),
    protected: idsOf(all.filter((image) => isKept(image) && !isTagged(image))),
    released: idsOf(all.filter((image) => !isKept(image) && isTagged(image))),
  };
  await images.tag(outcome.protected, keepTag);
  await images.untag(outcome.released, Object.keys(keepTag));
  return outcome;
};

const idsOf = (images: Image[]): string[] => images.map(({ id }) => id);
