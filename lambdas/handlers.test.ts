import { globSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const lambdas = import.meta.dirname;
const modules = globSync("*/handler.ts", { cwd: lambdas });
const context = { functionName: "test", awsRequestId: "r-1" };

/** What the wrapper writes: it logs through the console in development mode, and only there. */
const captured = () => {
  const lines: string[] = [];
  for (const method of ["log", "info", "error", "warn"] as const) {
    vi.spyOn(console, method).mockImplementation((line) => void lines.push(String(line)));
  }
  return lines;
};

describe("every exported handler", () => {
  beforeEach(() => {
    vi.stubEnv("POWERTOOLS_DEV", "true");
    vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
    vi.stubEnv("STAGE", "test");
    vi.resetModules();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("is found here", () => {
    expect(modules.length).toBeGreaterThanOrEqual(15);
  });

  it.each(modules)(
    "is wrapped: %s names its failure, logs it under its own name, and counts it",
    async (path) => {
      const lines = captured();
      const { handler } = await import(join(lambdas, path));
      const event = { requestContext: { requestId: "r-1" }, Records: [] };

      const outcome = await handler(event, context).catch((error: Error) => error);

      const name = path.split("/")[0];
      const log = lines.join("\n");
      if (name === "api") expect(outcome.statusCode).toBe(500);
      else expect(outcome.name).toMatch(/^Invalid(Input|Environment)Error$/);
      expect(log).toMatch(new RegExp(`"service": ?"${name}"`));
      expect(log).toMatch(/"stage": ?"test"/);
      expect(log).toContain("Failures");
      expect(log).toContain("Duration");
    },
  );
});
