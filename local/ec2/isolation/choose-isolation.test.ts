import { afterEach, expect, test, vi } from "vitest";
import { chooseIsolation, isolationFromEnvironment } from "./choose-isolation.ts";

const options = {
  servers: { awsUrl: "http://127.0.0.1:9", edgeAddress: "127.0.0.1:9" },
  readGroups: async () => [],
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("machines are processes where this user cannot make namespaces, and the reason is told", async () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("darwin");

  const { mode, reason } = await chooseIsolation(undefined, options);

  expect({ mode, reason }).toEqual({ mode: "process", reason: "network namespaces are Linux's" });
});

test("namespaces that are asked for and cannot be had are an error, not something less", async () => {
  vi.spyOn(process, "platform", "get").mockReturnValue("linux");
  if (process.getuid) vi.spyOn(process, "getuid").mockReturnValue(1000);

  await expect(chooseIsolation("namespace", options)).rejects.toThrow(/cannot be had: .*root/);
});

test("WARREN_ISOLATION decides, and is checked", () => {
  vi.stubEnv("WARREN_ISOLATION", "process");
  expect(isolationFromEnvironment()).toBe("process");

  vi.stubEnv("WARREN_ISOLATION", "");
  expect(isolationFromEnvironment()).toBeUndefined();

  vi.stubEnv("WARREN_ISOLATION", "container");
  expect(() => isolationFromEnvironment()).toThrow(/"container".*namespace or process/);
});
