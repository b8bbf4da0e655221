// Bundles every Lambda, AWS SDK included, with one esbuild call: the SDK that was tested is the one that runs, and it
// starts faster than the runtime's own. What Lambdas share is bundled once and copied, which takes a quarter of the time.
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { build, type Metafile } from "esbuild";

const project = join(import.meta.dirname, "..");

/** Some dependencies are CommonJS and call `require` for Node's own modules, which an ES module does not have. */
const requireForCommonJs =
  'import { createRequire as warrenRequire } from "node:module"; const require = warrenRequire(import.meta.url);';

export interface Bundles {
  /** Holds one directory per Lambda, with an index.mjs that exports `handler`. */
  directory: string;
  bytes: Map<string, number>;
}

/** The bundles live as long as `use` runs: a synthesis copies them, and two at a time do not disturb each other. */
export const withBundles = async <Result>(
  use: (bundles: Bundles) => Result | Promise<Result>,
): Promise<Result> => {
  const directory = mkdtempSync(join(tmpdir(), "warren-bundles-"));
  try {
    return await use(await bundleInto(directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const bundleInto = async (directory: string): Promise<Bundles> => {
  const shared = join(directory, ".shared");
  const lambdas = globSync("lambdas/*/handler.ts", { cwd: project }).map((file) => basename(dirname(file)));
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: lambdas.sort().map((name) => ({ in: `lambdas/${name}/handler.ts`, out: name })),
    outdir: shared,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Where a package offers both, its ES module: only that can be shaken.
    mainFields: ["module", "main"],
    banner: { js: requireForCommonJs },
    legalComments: "none",
    logLevel: "warning",
  });
  const bytes = lambdas.map((name) => [name, gather(name, metafile, shared, join(directory, name))] as const);
  return { directory, bytes: new Map(bytes) };
};

/** Copies one Lambda's entry point and all that it imports; answers their size. */
const gather = (lambda: string, { outputs }: Metafile, shared: string, target: string): number => {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const needed = new Set([`${lambda}.mjs`]);
  for (const name of needed) {
    for (const { path, external } of byName.get(name)?.imports ?? [])
      if (!external) needed.add(basename(path));
  }
  mkdirSync(target);
  for (const name of needed) {
    copyFileSync(join(shared, name), join(target, name === `${lambda}.mjs` ? "index.mjs" : name));
  }
  return [...needed].reduce((sum, name) => sum + statSync(join(shared, name)).size, 0);
};
