// The tags by which an image's makers, promoters and removers understand each other.
import { tagKeys } from "../tenant/tags.ts";

/** An image that carries it stays. Every image is made with it; see lambdas/protect-images. */
export const keepTag = { [tagKeys.keep]: "yes" } as const;

/** What the image holds of the tenants' application, by digest. */
export const tenantImageTag = tagKeys.tenantImage;

/** Image Builder's own: the ARN of the build. */
export const buildTag = "Ec2ImageBuilderArn";

/** On an image that another stage was given, and that it may be about to deploy. */
export const promotedTag = (stage: string): string => `${tagKeys.promoted}:${stage}`;

export const isPromoted = (tags: Record<string, string>): boolean =>
  Object.keys(tags).some((key) => key.startsWith(promotedTag("")));
