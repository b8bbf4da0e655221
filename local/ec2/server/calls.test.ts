import { expect, test } from "vitest";
import { appOf } from "./calls.ts";

test.each([
  ["aws-sdk-js/3.1169.0 ua/2.1 api/ec2#3.1169.0 app/launch-instance", "launch-instance"],
  ["aws-sdk-js/3.1169.0 app/launch-instance-PT-NO-OP-2.36.0-PTEnv-NA m/E", "launch-instance"],
  ["aws-sdk-js/3.1169.0 m/E", undefined],
])("finds the caller's app id in %s", (agent, app) => {
  expect(appOf({ "user-agent": agent })).toBe(app);
});
