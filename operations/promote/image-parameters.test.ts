import { SSMClient } from "@aws-sdk/client-ssm";
import { beforeAll, expect, it } from "vitest";
import { awsAdmin } from "../../local/aws/admin-client.ts";
import { newTestAccount, type TestAccount } from "../../test/support/test-account.ts";
import { imageParameters } from "./image-parameters.ts";
import type { ImageParameters } from "./promotion.ts";

let aws: TestAccount;
let parameters: ImageParameters;
beforeAll(async () => {
  aws = newTestAccount();
  parameters = imageParameters(new SSMClient(aws.client));
});

it("knows no id before the first promotion", async () => {
  expect(await parameters.read("/warren/none/ami")).toBeUndefined();
});

it("tells the earlier id until the new one is validated, as AWS does", async () => {
  await parameters.write("/warren/slow/ami", "ami-0123456789abcdef0");
  await awsAdmin(aws.url).validateImages({ name: "/warren/slow/ami", validatedAfterSeconds: 0.5 });

  await parameters.write("/warren/slow/ami", "ami-0fedcba9876543210");

  expect(await parameters.read("/warren/slow/ami")).toBe("ami-0123456789abcdef0");
  await expect.poll(() => parameters.read("/warren/slow/ami")).toBe("ami-0fedcba9876543210");
});

it("replaces the id of the last one", async () => {
  await parameters.write("/warren/production/ami", "ami-0123456789abcdef0");
  await parameters.write("/warren/production/ami", "ami-0fedcba9876543210");

  expect(await parameters.read("/warren/production/ami")).toBe("ami-0fedcba9876543210");
});
