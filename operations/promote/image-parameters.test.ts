import { SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestMinistack, type TestMinistack } from "../../test/support/test-ministack.ts";
import { imageParameters } from "./image-parameters.ts";
import type { ImageParameters } from "./promotion.ts";

let aws: TestMinistack;
let parameters: ImageParameters;
beforeAll(async () => {
  aws = await startTestMinistack();
  parameters = imageParameters(new SSMClient(aws.client));
});
afterAll(() => aws.stop());

it("knows no id before the first promotion", async () => {
  expect(await parameters.read("/warren/none/ami")).toBeUndefined();
});

it("replaces the id of the last one", async () => {
  await parameters.write("/warren/production/ami", "ami-0123456789abcdef0");
  await parameters.write("/warren/production/ami", "ami-0fedcba9876543210");

  expect(await parameters.read("/warren/production/ami")).toBe("ami-0fedcba9876543210");
});
