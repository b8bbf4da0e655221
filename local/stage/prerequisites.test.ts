import { afterEach, expect, test, vi } from "vitest";
import { checkPrerequisites, complaintsAboutCurl } from "./prerequisites.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("all that is missing is named at once, with what to do", async () => {
  vi.stubEnv("PATH", "/nowhere");

  await expect(checkPrerequisites()).rejects.toThrow(
    /^bash is not on the PATH; curl is not on the PATH; jq is not on the PATH\. .*apt-get install bash curl jq/,
  );
});

test("a mode of isolation that there is not is refused before anything starts", async () => {
  vi.stubEnv("WARREN_ISOLATION", "jail");

  await expect(checkPrerequisites()).rejects.toThrow(/"jail"/);
});

test.each([
  ["7.86.0", ["curl is 7.86.0; 7.87 or newer is needed"]],
  ["7.87.0", []],
  ["8.0.1", []],
  ["", ["curl is of unknown version; 7.87 or newer is needed"]],
])("curl %s has the complaints %j", (version, complaints) => {
  expect(complaintsAboutCurl(version)).toEqual(complaints);
});
