// Gives a tested image of one stage to another: the id goes into the other's parameter, the digest of the application
// that was tested into the other's configuration. Anything untested, changed since, or floating is refused.
import { buildTag, promotedTag, tenantImageTag } from "../../core/aws/image-tags.ts";
import type { Image, Images } from "../../core/aws/images.ts";
import { type Clock, poll, timestamp } from "../../core/clock.ts";
import { OperatorError } from "../../core/operator-error.ts";
import { tagKeys } from "../../core/tenant/tags.ts";
import type { Config } from "../../lib/config/config.ts";
import { digestOf, isByDigest, repositoryOf } from "../../lib/config/image-config.ts";
import type { ImageBuilds } from "./image-builds.ts";

/** Parameters that hold the ids of images; no secrets. */
export interface ImageParameters {
  read(name: string): Promise<string | undefined>;
  write(name: string, imageId: string): Promise<void>;
}

/** Parameter Store validates an image's id before the parameter has it, and tells of a refusal in an event only. */
const validation = { firstPause: 500, longestPause: 2_000, atMost: 60_000 };

export interface PromotionDeps {
  clock: Clock;
  /** Of the credentials that all the others are used with. */
  account: string;
  parameters: ImageParameters;
  images: Images;
  builds: ImageBuilds;
}

export interface Promotion {
  imageId: string;
  /** What the target's machines started from until now. */
  previousId: string | undefined;
  /** The target's repository with the tested digest. */
  tenantImage: string;
}

/** @throws PromotionRefusedError that says what was found and what to do */
export class PromotionRefusedError extends OperatorError {
  override name = "PromotionRefusedError";
}

const refuse = (found: string, advice: string): never => {
  throw new PromotionRefusedError(`Not promoted: ${found}. ${advice}`);
};

/** Reads and judges; changes nothing. */
export const planPromotion = async (
  source: Config,
  target: Config,
  { account, parameters, images, builds }: PromotionDeps,
): Promise<Promotion> => {
  checkStages(source, target);
  checkPlace(source, account);
  checkPlace(target, account);
  const parameter = source.machine.amiParameter;
  const imageId =
    (await parameters.read(parameter)) ??
    refuse(`${parameter} does not exist`, `Build ${source.stage}'s image first: docs/image.md.`);
  const image =
    (await images.find(imageId)) ?? refuse(`${imageId} is no image of this account`, "Build anew.");
  checkContent(source, image);
  await checkTests(image, builds);
  return {
    imageId,
    previousId: await parameters.read(target.machine.amiParameter),
    tenantImage: `${repositoryOf(target.machine.tenantImage)}@${digestOf(source.machine.tenantImage)}`,
  };
};

/** In an order in which the image is protected from removal before anybody may start from it. */
export const promote = async (
  { imageId, previousId }: Promotion,
  target: Config,
  { parameters, images, clock }: PromotionDeps,
): Promise<void> => {
  const tag = promotedTag(target.stage);
  const { amiParameter } = target.machine;
  await images.tag([imageId], { [tag]: timestamp(clock) });
  await parameters.write(amiParameter, imageId);
  const holds = async () => (await parameters.read(amiParameter)) === imageId || undefined;
  if (!(await poll(holds, validation, clock))) {
    const seconds = validation.atMost / 1_000;
    refuse(
      `${amiParameter} is not ${imageId} after ${seconds} s, because Parameter Store has not validated it`,
      `See that ${imageId} is shown by: aws ec2 describe-images --image-ids ${imageId}. Then repeat this command: both images are kept.`,
    );
  }
  // Machines and the launch template still use it until the next deploy, and keep it by that.
  if (previousId && previousId !== imageId) await images.untag([previousId], [tag]);
};

const checkStages = (source: Config, target: Config): void => {
  if (source.stage === target.stage) refuse(`${source.stage} to itself`, "Name two stages.");
  if (target.image)
    refuse(
      `${target.stage} builds its own image`,
      `Its next build would undo this: remove "image" from its file.`,
    );
  if (source.region !== target.region)
    refuse(
      `${source.stage} is in ${source.region}, ${target.stage} in ${target.region}`,
      "An image's id means something in one region and account only; build in each.",
    );
  if (source.machine.architecture !== target.machine.architecture)
    refuse(
      `${source.stage} is ${source.machine.architecture}`,
      `${target.stage} is not: build one that fits.`,
    );
};

const checkPlace = ({ stage, account }: Config, actual: string): void => {
  if (account && account !== actual)
    refuse(
      `these are credentials of ${actual}, but ${stage} is in ${account}`,
      "Both must be in one account.",
    );
};

const checkContent = ({ stage, machine }: Config, { id, state, tags }: Image): void => {
  if (state !== "available") refuse(`${id} is ${state}`, "Wait until it is available, or build anew.");
  if (tags[tagKeys.stage] !== stage)
    refuse(`${id} was made for ${tags[tagKeys.stage] ?? "nobody we know"}`, `Build ${stage}'s image first.`);
  const tested = tags[tenantImageTag] ?? "nothing";
  if (!isByDigest(tested)) refuse(`${id} holds ${tested}, which is no digest`, "Build anew from a digest.");
  if (tested !== machine.tenantImage)
    refuse(
      `${id} was tested with ${tested}, but config/${stage}.json names ${machine.tenantImage}`,
      `Deploy ${stage}'s image stack and build, so that what is promoted is what was tested.`,
    );
};

const checkTests = async ({ id, tags }: Image, builds: ImageBuilds): Promise<void> => {
  const arn =
    tags[buildTag] ?? refuse(`${id} was not made by Image Builder`, "Promote what a pipeline built.");
  const { status, amis, tests } = await builds.get(arn);
  if (status !== "AVAILABLE") refuse(`the build ${arn} is ${status}`, "Promote one that is AVAILABLE.");
  if (!amis.includes(id)) refuse(`${id} did not come of ${arn}, which its tag names`, "Build anew.");
  if (tests.length === 0)
    refuse(`the build ${arn} ran no tests`, "Build with tests, as the image stack does.");
  const failed = tests.filter((test) => test !== "COMPLETED");
  if (failed.length > 0) refuse(`tests of ${arn} ended ${failed.join(", ")}`, "Build anew.");
};
