import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { stepsOf } from "../core/handler/task.ts";
import { tasks } from "./tasks.ts";

const project = join(import.meta.dirname, "..");
const directories = globSync("lambdas/*/handler.ts", { cwd: project }).map((path) => basename(dirname(path)));

const described = async (directory: string) => (await import(`./${directory}/task.ts`)).task;

describe("the description of a Lambda", () => {
  it("stands beside every handler and has its directory's name", async () => {
    const all = await Promise.all(directories.map(described));

    expect(all.map(({ name }) => name)).toEqual(directories);
  });

  it("is registered once where a state runs it, and not where none does", async () => {
    const all = await Promise.all(directories.map(described));
    const withStep = all.filter((task) => "step" in task).map(({ name }) => name);

    expect(tasks.map(({ name }) => name).toSorted()).toEqual(withStep.toSorted());
  });

  it("costs whoever loads it nothing besides zod", async () => {
    const entryPoints = directories.map((directory) => `lambdas/${directory}/task.ts`);
    const options = { bundle: true, write: false, metafile: true, format: "esm", outdir: "none" } as const;
    const { metafile } = await build({ ...options, absWorkingDir: project, entryPoints, platform: "node" });

    const packages = Object.keys(metafile.inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect([...new Set(packages)]).toEqual(["zod"]);
  });

  it("has a step of its own name, or several", () => {
    const others = tasks.filter((task) => {
      const [step = "", ...more] = stepsOf(task);
      return more.length === 0 && step.toLowerCase().replaceAll(" ", "-") !== task.name;
    });

    expect(others.map(({ name }) => name)).toEqual([]);
  });
});
