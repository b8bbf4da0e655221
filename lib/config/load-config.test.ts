import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import local from "../../config/local.json" with { type: "json" };
import staging from "../../config/staging.example.json" with { type: "json" };
import { ConfigError, configNames, loadConfig } from "./load-config.ts";

const directoryWith = (files: Record<string, string>): string => {
  const directory = mkdtempSync(join(tmpdir(), "warren-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  return directory;
};

describe("loading a stage's configuration", () => {
  it.each(configNames())("accepts config/%s.json as it is", (name) => {
    expect(loadConfig(name).stage).toBe(name.replace(".example", ""));
  });

  it("says which files there are, and which example to copy, when the stage has none", () => {
    const directory = directoryWith({ "local.json": "{}", "staging.example.json": "{}" });

    const load = () => loadConfig("staging", directory);

    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      /staging\.json does not exist; its directory has local\.json, staging\.example\.json\. To make it: cp config\/staging\.example\.json config\/staging\.json/,
    );
  });

  it("refuses a stage that is not the one the file is named after", () => {
    const directory = directoryWith({ "production.json": JSON.stringify(local) });

    expect(() => loadConfig("production", directory)).toThrow(/stage: found "local"; allowed: "production"/);
  });

  it("counts and lists the problems of a file", () => {
    const directory = directoryWith({
      "local.json": JSON.stringify({ ...local, region: 1, removalPolicy: "keep" }),
    });

    expect(() => loadConfig("local", directory)).toThrow(
      /has 2 problem\(s\):\n {2}region: .*\n {2}removalPolicy: /,
    );
  });

  it("says that a file is not JSON", () => {
    const directory = directoryWith({ "local.json": "{ stage: local }" });

    expect(() => loadConfig("local", directory)).toThrow(/local\.json is not JSON: /);
  });

  it("refuses a stage that names another's image, whatever the other file's own problems", () => {
    const digest = `@sha256:${"1".repeat(64)}`;
    const names = (tenantImage: string) => ({ ...staging, machine: { ...staging.machine, tenantImage } });
    const directoryOf = (tenantImage: string) =>
      directoryWith({
        "staging.json": JSON.stringify(names(tenantImage)),
        "production.json": JSON.stringify({
          stage: "production",
          machine: { tenantImage: `registry.example.com:5000/shop/app${digest}` },
        }),
        "broken.json": "{",
      });

    const load = (tenantImage: string) => () => loadConfig("staging", directoryOf(tenantImage));

    const foreign = `registry.example.com:5000/shop/app@sha256:${"2".repeat(64)}`;
    expect(load(foreign)).toThrow(
      `machine.tenantImage: found "${foreign}", which is production's; allowed: a repository of this stage's own, ` +
        "such as registry.example.com/staging/app",
    );
    expect(load(`registry.example.com/production/app${digest}`)).toThrow(/which is production's/);
    expect(load(`registry.example.com/staging/app${digest}`)).not.toThrow();
    expect(load(`production.example.com/app${digest}`)).not.toThrow();
  });

  it("does not take what an example names for another stage's", () => {
    const directory = directoryWith({
      "staging.json": JSON.stringify(staging),
      "production.example.json": JSON.stringify({ stage: "production", machine: staging.machine }),
    });

    expect(loadConfig("staging", directory).stage).toBe("staging");
  });
});
