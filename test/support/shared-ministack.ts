// One MiniStack for all test files of a run: each has an account of its own in it (test-account.ts).
import type { TestProject } from "vitest/node";
import { startTestMinistack } from "./test-ministack.ts";

declare module "vitest" {
  interface ProvidedContext {
    ministackUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startTestMinistack();
  project.provide("ministackUrl", url);
  return stop;
}
