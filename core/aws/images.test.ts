import {
  CreateLaunchTemplateCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
  waitUntilImageAvailable,
} from "@aws-sdk/client-ec2";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryImages } from "../../test/support/memory/memory-images.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { type Images, images } from "./images.ts";

interface Subject {
  images: Images;
  /** Makes an image; answers its id. */
  add(name: string): Promise<string>;
}

/** Each test has a stage of its own. */
const contract = (subject: () => Subject) => {
  it("finds an image by its id, and by the stage on its tag", async () => {
    const { images, add } = subject();
    const id = await add("found");

    await images.tag([id], { "warren:stage": "found", "warren:keep": "yes" });

    const tags = { "warren:stage": "found", "warren:keep": "yes" };
    expect(await images.find(id)).toMatchObject({ id, state: "available", tags });
    expect((await images.ofStage("found")).map((image) => image.id)).toEqual([id]);
    expect(await images.ofStage("another")).toEqual([]);
  });

  it("takes away tags by their keys, and leaves the others", async () => {
    const { images, add } = subject();
    const id = await add("untagged");
    await images.tag([id], { "warren:stage": "untagged", "warren:keep": "yes" });

    await images.untag([id], ["warren:keep"]);

    expect((await images.find(id))?.tags).toEqual({ "warren:stage": "untagged" });
  });

  it("knows no image that does not exist, and changes nothing for no image", async () => {
    const { images } = subject();

    await images.tag([], { a: "b" });
    await images.untag([], ["a"]);

    expect(await images.find("ami-0ffffffffffffffff")).toBeUndefined();
  });
};

describe("images in memory", () => {
  const memory = memoryImages();
  const add = async (name: string) => {
    const id = `ami-${name}`;
    memory.stored.set(id, { id, createdAt: "2026-11-22T00:00:00.000Z", state: "available", tags: {} });
    return id;
  };
  contract(() => ({ images: memory, add }));
});

describe("EC2's images", () => {
  let aws: TestAccount;
  let client: EC2Client;
  beforeAll(async () => {
    aws = newTestAccount();
    client = new EC2Client(aws.client);
  });

  const add = async (Name: string) => {
    const register = new RegisterImageCommand({ Name, RootDeviceName: "/dev/xvda" });
    const { ImageId = "" } = await client.send(register);
    await waitUntilImageAvailable({ client, maxWaitTime: 20, minDelay: 1 }, { ImageIds: [ImageId] });
    return ImageId;
  };
  contract(() => ({ images: images(client), add }));

  it("are in use by the instances started from them, and by launch templates", async () => {
    // Not one that is registered: the emulator boots those.
    const started = "ami-0123456789abcdef0";
    const [templated, idle] = [await add("templated"), await add("idle")];
    const run = { ImageId: started, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 } as const;
    await client.send(new RunInstancesCommand(run));
    const LaunchTemplateData = { ImageId: templated };
    await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "one", LaunchTemplateData }));

    const used = await images(client).inUse();

    expect([started, templated, idle].map((id) => used.has(id))).toEqual([true, true, false]);
  });
});
