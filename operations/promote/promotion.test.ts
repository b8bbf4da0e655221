import { describe, expect, it } from "vitest";
import { buildTag, keepTag, promotedTag, tenantImageTag } from "../../core/aws/image-tags.ts";
import type { Image } from "../../core/aws/images.ts";
import { type Config, configSchema } from "../../lib/config/config.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { memoryImages } from "../../test/support/memory/memory-images.ts";
import { stillClock } from "../../test/support/still-clock.ts";
import type { ImageBuild } from "./image-builds.ts";
import { type PromotionDeps, PromotionRefusedError, planPromotion, promote } from "./promotion.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const changed = (config: Config, changes: object): Config => configSchema.parse({ ...config, ...changes });
const withImage = (config: Config, tenantImage: string) =>
  changed(config, { machine: { ...config.machine, tenantImage } });

const tested = `registry.example.com/staging/app@${digest}`;
const staging = withImage(loadConfig("staging.example"), tested);
const production = loadConfig("production.example");
const build = "arn:aws:imagebuilder:eu-central-1:111122223333:image/warren-staging/1.2.3/4";

interface World {
  image?: Partial<Image>;
  tags?: Record<string, string>;
  /** A tag that the image lacks. */
  without?: string;
  build?: Partial<ImageBuild>;
  stored?: Record<string, string>;
  account?: string;
}

const world = ({ image, tags, without, build: outcome, stored, account = "111122223333" }: World = {}) => {
  const made: Record<string, string> = {
    "warren:stage": "staging",
    [tenantImageTag]: tested,
    [buildTag]: build,
    ...keepTag,
  };
  if (without) delete made[without];
  const images = memoryImages(
    { id: "ami-new", createdAt: "", state: "available", ...image, tags: { ...made, ...tags } },
    { id: "ami-old", createdAt: "", state: "available", tags: { [promotedTag("production")]: "2026-01-01" } },
  );
  const parameters = new Map(Object.entries(stored ?? { "/warren/staging/ami": "ami-new" }));
  const deps: PromotionDeps = {
    account,
    clock: stillClock(),
    images,
    parameters: {
      read: async (name) => parameters.get(name),
      write: async (name, id) => {
        parameters.set(name, id);
      },
    },
    builds: {
      get: async () => ({ status: "AVAILABLE", amis: ["ami-new"], tests: ["COMPLETED"], ...outcome }),
    },
  };
  return { deps, images, parameters };
};

describe("a promotion", () => {
  it("puts the tested image into the target's parameter and its digest into the target's repository", async () => {
    const { deps, parameters } = world();

    const plan = await planPromotion(staging, production, deps);
    await promote(plan, production, deps);

    expect(plan.tenantImage).toBe(`registry.example.com/production/app@${digest}`);
    expect(parameters.get("/warren/production/ami")).toBe("ami-new");
  });

  it("changes nothing while it plans", async () => {
    const { deps, images, parameters } = world();
    const before = structuredClone([[...parameters], [...images.stored]]);

    await planPromotion(staging, production, deps);

    expect([[...parameters], [...images.stored]]).toEqual(before);
  });

  it("moves the protection from the target's earlier image to the new one", async () => {
    const { deps, images } = world({
      stored: { "/warren/staging/ami": "ami-new", "/warren/production/ami": "ami-old" },
    });

    await promote(await planPromotion(staging, production, deps), production, deps);

    expect(images.stored.get("ami-new")?.tags).toHaveProperty([promotedTag("production")]);
    expect(images.stored.get("ami-old")?.tags).not.toHaveProperty([promotedTag("production")]);
  });

  it("protects the image before the target may start from it", async () => {
    const { deps, images } = world();
    const plan = await planPromotion(staging, production, deps);
    const failing = {
      ...deps,
      parameters: { ...deps.parameters, write: () => Promise.reject(new Error("no")) },
    };

    await expect(promote(plan, production, failing)).rejects.toThrow("no");

    expect(images.stored.get("ami-new")?.tags).toHaveProperty([promotedTag("production")]);
  });

  it("takes the earlier image's protection only once the parameter holds the new one", async () => {
    const { deps, images } = world({
      stored: { "/warren/staging/ami": "ami-new", "/warren/production/ami": "ami-old" },
    });
    const plan = await planPromotion(staging, production, deps);
    const neverValid = { ...deps, parameters: { ...deps.parameters, write: async () => {} } };

    await expect(promote(plan, production, neverValid)).rejects.toThrow(
      "/warren/production/ami is not ami-new after 60 s",
    );

    expect(images.stored.get("ami-old")?.tags).toHaveProperty([promotedTag("production")]);
    expect(images.stored.get("ami-new")?.tags).toHaveProperty([promotedTag("production")]);
  });

  it("waits while Parameter Store validates the new image", async () => {
    const { deps, images, parameters } = world({
      stored: { "/warren/staging/ami": "ami-new", "/warren/production/ami": "ami-old" },
    });
    const plan = await planPromotion(staging, production, deps);
    const validFrom = deps.clock.now() + 20_000;
    const write = async () => {};
    const read = async (name: string) => {
      if (deps.clock.now() > validFrom) parameters.set("/warren/production/ami", "ami-new");
      return parameters.get(name);
    };

    await promote(plan, production, { ...deps, parameters: { read, write } });

    expect(images.stored.get("ami-old")?.tags).not.toHaveProperty([promotedTag("production")]);
  });

  it("may be repeated", async () => {
    const { deps, images } = world();
    for (const _ of [1, 2]) await promote(await planPromotion(staging, production, deps), production, deps);

    expect(images.stored.get("ami-new")?.tags).toHaveProperty([promotedTag("production")]);
  });

  it.each<[string, World, RegExp, Config?, Config?]>([
    ["a source without an image", { stored: {} }, /\/warren\/staging\/ami does not exist/],
    ["an image that is gone", { stored: { "/warren/staging/ami": "ami-gone" } }, /ami-gone is no image/],
    ["an image that is not finished", { image: { state: "pending" } }, /ami-new is pending/],
    ["another stage's image", { tags: { "warren:stage": "trial" } }, /was made for trial/],
    ["an image made by hand", { without: buildTag }, /was not made by Image Builder/],
    [
      "a floating image",
      { tags: { [tenantImageTag]: "app:latest" } },
      /holds app:latest, which is no digest/,
    ],
    [
      "a configuration that was changed after the test",
      { tags: { [tenantImageTag]: tested.replace("ab", "cd") } },
      /was tested with .*cdab.*, but config\/staging\.json names .*abab/,
    ],
    ["a failed build", { build: { status: "FAILED" } }, /is FAILED/],
    ["a build whose image is another", { build: { amis: ["ami-other"] } }, /did not come of/],
    ["a build without tests", { build: { tests: [] } }, /ran no tests/],
    ["a failed test", { build: { tests: ["COMPLETED", "FAILED"] } }, /tests of .* ended FAILED/],
    ["another account", { account: "999988887777" }, /credentials of 999988887777, but production/],
    [
      "another region",
      {},
      /is in eu-central-1, production in eu-west-1/,
      staging,
      changed(production, { region: "eu-west-1" }),
    ],
    ["a stage to itself", {}, /staging to itself/, staging, staging],
    [
      "a target that builds its own",
      {},
      /builds its own image/,
      staging,
      changed(production, { image: staging.image }),
    ],
    [
      "another architecture",
      {},
      /is arm64/,
      staging,
      changed(production, {
        machine: { ...production.machine, instanceType: "t3.medium", architecture: "x86_64" },
      }),
    ],
  ])("refuses %s", async (_, state, message, source = staging, target = production) => {
    const { deps, parameters } = world(state);

    const planning = planPromotion(source, target, deps);

    await expect(planning).rejects.toBeInstanceOf(PromotionRefusedError);
    await expect(planning).rejects.toThrow(message);
    expect(parameters.has("/warren/production/ami")).toBe(false);
  });
});
