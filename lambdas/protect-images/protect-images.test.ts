import { describe, expect, it } from "vitest";
import { keepTag, promotedTag } from "../../core/aws/image-tags.ts";
import type { Image } from "../../core/aws/images.ts";
import { memoryImages } from "../../test/support/memory/memory-images.ts";
import { memoryParameters } from "../../test/support/memory/memory-parameters.ts";
import { protectImages } from "./protect-images.ts";

const env = { STAGE: "staging", AMI_PARAMETER: "/warren/staging/ami", KEEP_IMAGES: 2 };

/** ami-1 is the oldest. */
const image = (number: number, tags: Record<string, string> = keepTag): Image => ({
  id: `ami-${number}`,
  createdAt: `2026-11-${String(number).padStart(2, "0")}T05:00:00.000Z`,
  state: "available",
  tags: { "warren:stage": "staging", ...tags },
});
const five = () => memoryImages(image(3), image(1), image(5), image(2), image(4));
const noParameters = memoryParameters();

describe("protect-images", () => {
  it("releases what is neither in use nor among the newest", async () => {
    const images = five();

    const outcome = await protectImages({ env, images, parameters: noParameters });

    expect(outcome).toEqual({
      kept: ["ami-5", "ami-4"],
      protected: [],
      released: ["ami-3", "ami-2", "ami-1"],
    });
    expect(images.stored.get("ami-1")?.tags).not.toHaveProperty("warren:keep");
    expect(images.stored.get("ami-5")?.tags).toMatchObject(keepTag);
  });

  it("keeps what an instance or a launch template uses, however old", async () => {
    const images = five();
    images.used.add("ami-1");

    const { kept, released } = await protectImages({ env, images, parameters: noParameters });

    expect(kept).toEqual(["ami-5", "ami-4", "ami-1"]);
    expect(released).toEqual(["ami-3", "ami-2"]);
  });

  it("keeps what the next deploy would take, and what another stage was given", async () => {
    const images = memoryImages(
      ...[1, 2, 4, 5].map((number) => image(number)),
      image(3, { ...keepTag, [promotedTag("production")]: "2026-11-20" }),
    );
    const parameters = memoryParameters({ "/warren/staging/ami": "ami-2" });

    const { released } = await protectImages({ env, images, parameters });

    expect(released).toEqual(["ami-1"]);
  });

  it("protects again what came back into use", async () => {
    const images = memoryImages(image(1, {}), image(2), image(3));
    images.used.add("ami-1");

    const outcome = await protectImages({ env, images, parameters: noParameters });

    expect(outcome.protected).toEqual(["ami-1"]);
    expect(images.stored.get("ami-1")?.tags).toMatchObject(keepTag);
  });

  it("releases nothing when it cannot see what is in use", async () => {
    const images = five();
    const blind = { ...images, inUse: () => Promise.reject(new Error("DescribeInstances failed")) };

    const run = protectImages({ env, images: blind, parameters: noParameters });

    await expect(run).rejects.toThrow("DescribeInstances failed");
    expect([...images.stored.values()].every(({ tags }) => "warren:keep" in tags)).toBe(true);
  });

  it("looks at no other stage's images", async () => {
    const other = { ...image(1), tags: { "warren:stage": "production", ...keepTag } };
    const images = memoryImages(image(2), image(3), image(4), other);

    const { released } = await protectImages({ env, images, parameters: noParameters });

    expect(released).toEqual(["ami-2"]);
  });
});
