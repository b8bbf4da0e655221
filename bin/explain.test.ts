import { afterEach, describe, expect, it, vi } from "vitest";
import { OperatorError } from "../core/operator-error.ts";
import { ConfigError, ConfigMissingError } from "../lib/config/load-config.ts";
import { exitCodeOf, explain } from "./explain.ts";
import { UsageError } from "./usage-error.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("what is shown of an error", () => {
  it("is the message alone where an operator can do something about it", () => {
    expect(explain(new OperatorError("The port is taken."))).toBe("The port is taken.");
  });

  it("is one line for a wrong command line, whatever was typed", () => {
    expect(explain(new ConfigMissingError("config/sta\nging.json does not exist"))).toBe(
      "config/sta ging.json does not exist",
    );
  });

  it("is its name, its cause and how to see more where nobody foresaw it", () => {
    const error = new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") });

    expect(explain(error)).toBe(
      "TypeError: fetch failed (getaddrinfo ENOTFOUND). With WARREN_STACK=1 it says where.",
    );
  });

  it("is where it happened on request", () => {
    vi.stubEnv("WARREN_STACK", "1");

    expect(explain(new TypeError("no"))).toMatch(/^TypeError: no\n {4}at /);
  });
});

it.each([
  [new UsageError("no such option"), 2],
  [new ConfigMissingError("no such stage"), 2],
  [new ConfigError("a wrong field"), 1],
  [new TypeError("no"), 1],
  ["no error at all", 1],
])("the exit code of %s is %i", (error, exitCode) => {
  expect(exitCodeOf(error)).toBe(exitCode);
});
