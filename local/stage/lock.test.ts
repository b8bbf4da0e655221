import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockStage } from "./lock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "warren-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a directory is for one running stage, whose process id a second one is told", () => {
  lockStage(directory);

  expect(() => lockStage(directory)).toThrow(`as process ${process.pid}`);
});

test("a stage that has ended gives its directory back", () => {
  lockStage(directory)();

  expect(() => lockStage(directory)).not.toThrow();
});

test("a stage that was killed does not keep its directory", () => {
  const beyondAnyProcess = 2 ** 22 + 1;
  writeFileSync(join(directory, "pid"), String(beyondAnyProcess));

  lockStage(directory);

  expect(readFileSync(join(directory, "pid"), "utf8")).toBe(String(process.pid));
});
