import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";

describe("npm run synth", () => {
  it("synthesises every configuration, and finds nothing wrong with their templates", async () => {
    const output = mkdtempSync(join(tmpdir(), "warren-synth-"));
    onTestFinished(() => rmSync(output, { recursive: true }));

    const { stdout, exitCode } = await execa("node", ["bin/warren.ts", "synth", "--output", output], {
      reject: false,
    });

    expect(exitCode).toBe(0);
    expect(stdout.split("\n").map((line) => line.replace(/, .*/, ""))).toEqual(
      expect.arrayContaining([
        "local: 6 stacks",
        "production.example: 6 stacks",
        "staging.example: 7 stacks",
      ]),
    );
  }, 60_000);
});
