import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestMinistack, type TestMinistack } from "../../test/support/test-ministack.ts";
import { awsAdmin } from "./admin-client.ts";

let aws: TestMinistack;
let ssm: SSMClient;
beforeAll(async () => {
  aws = await startTestMinistack();
  ssm = new SSMClient({ ...aws.client, maxAttempts: 1 });
});
afterAll(() => aws.stop());

const put = (Name: string) =>
  ssm.send(new PutParameterCommand({ Name, Value: "1", Type: "String" })).then(
    () => "done",
    (error: Error) => error.name,
  );

test("a second lets as many calls of an action through as the account may make, others are not counted", async () => {
  const admin = awsAdmin(aws.url);
  await admin.setQuotas({ callsPerSecond: { PutParameter: 3 } });

  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => put(`/n/${index}`)));

  const done = outcomes.filter((outcome) => outcome === "done").length;
  expect(done).toBeGreaterThanOrEqual(3);
  // A second or two at the most lay between the first call and the last.
  expect(done).toBeLessThan(10);
  expect(new Set(outcomes)).toEqual(new Set(["done", "ThrottlingException"]));
  await expect(ssm.send(new GetParameterCommand({ Name: "/none" }))).rejects.toHaveProperty(
    "name",
    "ParameterNotFound",
  );
  expect(await admin.countedCalls()).toEqual({
    PutParameter: { through: done, refused: 20 - done },
    GetParameter: { through: 1, refused: 0 },
  });
  await admin.setQuotas({});
  expect(await Promise.all(Array.from({ length: 10 }, (_, index) => put(`/m/${index}`)))).toEqual(
    Array(10).fill("done"),
  );
});
