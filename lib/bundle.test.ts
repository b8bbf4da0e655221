import { existsSync, globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { withBundles } from "./bundle.ts";

const lambdas = globSync("lambdas/*/handler.ts", { cwd: join(import.meta.dirname, "..") })
  .map((file) => file.split("/")[1] ?? "")
  .sort();

/** What each bundle exports as its handler, loaded in a Node with nothing else around it. */
const handlersIn = async (directory: string): Promise<string[]> => {
  const urls = lambdas.map((lambda) => pathToFileURL(join(directory, lambda, "index.mjs")).href);
  const load = "for (const url of process.argv.slice(1)) console.log(typeof (await import(url)).handler)";
  const { stdout } = await execa("node", ["--input-type=module", "--eval", load, ...urls], { cwd: tmpdir() });
  return stdout.split("\n");
};

describe("the bundles of the Lambdas", () => {
  it("load by themselves, and stay small, which is what a cold start waits for", async () => {
    const { bytes, handlers, directory } = await withBundles(async (bundles) => ({
      ...bundles,
      handlers: await handlersIn(bundles.directory),
    }));

    expect([...bytes.keys()]).toEqual(lambdas);
    expect(handlers).toEqual(lambdas.map(() => "function"));
    expect([...bytes].filter(([, size]) => size > 1_300_000)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });
});
