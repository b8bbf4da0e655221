import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTagsCommand, EC2Client, RegisterImageCommand } from "@aws-sdk/client-ec2";
import { DeleteParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import production from "../../config/production.example.json" with { type: "json" };
import staging from "../../config/staging.example.json" with { type: "json" };
import { buildTag, promotedTag, tenantImageTag } from "../../core/aws/image-tags.ts";
import { images } from "../../core/aws/images.ts";
import { imageParameters } from "../../operations/promote/image-parameters.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { runWarren } from "../../test/support/test-session.ts";

const digest = `sha256:${"1".repeat(64)}`;
const tested = `registry.example.com/staging/app@${digest}`;

let aws: TestAccount;
let ec2: EC2Client;
let imageBuilder: Server;
let directory: string;
let imageId: string;
/** How the build's test ended. */
let test: string;
let printed: string[];

/** Image Builder is not among what the local AWS knows. */
const answer = (url: string | undefined): object =>
  url?.startsWith("/GetImage")
    ? {
        image: {
          state: { status: "AVAILABLE" },
          imageTestsConfiguration: { imageTestsEnabled: true },
          outputResources: { amis: [{ image: imageId }] },
        },
      }
    : { workflowExecutions: [{ type: "TEST", status: test }] };

beforeAll(async () => {
  aws = newTestAccount();
  ec2 = new EC2Client(aws.client);
  imageBuilder = createServer((request, response) => {
    response.end(JSON.stringify(answer(request.url)));
  }).listen(0, "127.0.0.1");
  await once(imageBuilder, "listening");
  const { ImageId = "" } = await ec2.send(
    new RegisterImageCommand({ Name: "built", RootDeviceName: "/dev/xvda" }),
  );
  imageId = ImageId;
  const build = `arn:aws:imagebuilder:eu-central-1:${aws.account}:image/warren-staging/1.2.3/4`;
  const tags = { "warren:stage": "staging", [tenantImageTag]: tested, [buildTag]: build };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [imageId], Tags }));
  await imageParameters(new SSMClient(aws.client)).write(staging.machine.amiParameter, imageId);
});
afterAll(() => void imageBuilder.close());

beforeEach(async () => {
  const Names = [production.machine.amiParameter];
  await new SSMClient(aws.client).send(new DeleteParametersCommand({ Names }));
  [test, printed] = ["COMPLETED", []];
  const { accessKeyId, secretAccessKey } = aws.client.credentials;
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv(
    "AWS_ENDPOINT_URL_IMAGEBUILDER",
    `http://127.0.0.1:${(imageBuilder.address() as AddressInfo).port}`,
  );
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  directory = mkdtempSync(join(tmpdir(), "warren-promote-"));
  const stagingFile = { ...staging, machine: { ...staging.machine, tenantImage: tested } };
  writeFileSync(join(directory, "staging.json"), JSON.stringify(stagingFile));
  writeFileSync(
    join(directory, "production.json"),
    JSON.stringify({ ...production, account: aws.account }, null, 2),
  );
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const run = async (...args: string[]) => {
  const result = await runWarren(["promote", ...args], { configDirectory: directory });
  printed.push(...result.stdout.split("\n").slice(0, -1));
  return result;
};
const productionFile = () => readFileSync(join(directory, "production.json"), "utf8");
const productionImage = () =>
  imageParameters(new SSMClient(aws.client)).read(production.machine.amiParameter);

describe("warren promote", () => {
  it("says in a dry run what it would do, and does nothing", async () => {
    const before = productionFile();

    await run("staging", "production", "--dry-run");

    expect(printed).toEqual([
      `/warren/production/ami: nothing -> ${imageId}`,
      `config/production.json machine.tenantImage: ${production.machine.tenantImage} -> ` +
        `registry.example.com/production/app@${digest}`,
      "Dry run: nothing was changed.",
    ]);
    expect([await productionImage(), productionFile()]).toEqual([undefined, before]);
  });

  it("changes nothing when a test failed", async () => {
    test = "FAILED";

    const { exitCode, stderr } = await run("staging", "production", "--yes");

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Not promoted: tests of .* ended FAILED/);
    expect(await productionImage()).toBeUndefined();
  });

  it("gives production the image and the digest, protects the image, and says what is next", async () => {
    await run("staging", "production", "--yes");

    expect(await productionImage()).toBe(imageId);
    expect(JSON.parse(productionFile())).toEqual({
      ...production,
      account: aws.account,
      machine: { ...production.machine, tenantImage: `registry.example.com/production/app@${digest}` },
    });
    expect((await images(ec2).find(imageId))?.tags).toHaveProperty([promotedTag("production")]);
    expect(printed.at(-1)).toBe("Promoted. New machines start from it after: npm run deploy -- production");
  });

  it("asks before it changes anything", async () => {
    const options = { configDirectory: directory, answer: "n" };
    const { exitCode, stderr } = await runWarren(["promote", "staging", "production"], options);

    expect([exitCode, stderr]).toEqual([1, "Give this to production? [y/N] Nothing was changed.\n"]);
    expect(await productionImage()).toBeUndefined();
  });

  it.each([
    [["--dry-run"], false],
    [["--yes"], true],
  ])("with %j gives what it did as JSON", async (options, changed) => {
    const { stdout } = await run("staging", "production", "--json", ...options);

    expect(JSON.parse(stdout)).toEqual({
      from: "staging",
      to: "production",
      parameter: "/warren/production/ami",
      imageId,
      tenantImage: `registry.example.com/production/app@${digest}`,
      previousTenantImage: production.machine.tenantImage,
      changed,
    });
  });
});
