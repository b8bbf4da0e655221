// A stage as the tests look at it: synthesised once per configuration and process, with placeholders for the bundles,
// because what is in a Lambda changes nothing about its stack.
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll } from "vitest";
import { type Config, configSchema } from "../../lib/config/config.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { newApp } from "../../lib/new-app.ts";
import { addStacks } from "../../lib/stacks/warren.ts";

// CDK's own validation takes two seconds per process; every-configuration.test.ts leaves it on.
process.env.CDK_VALIDATION = "false";

export const production = loadConfig("production.example");
export const staging = loadConfig("staging.example");
export const local = loadConfig("local");

/** Another value for one top-level field, checked like the file's own. */
export const changed = (config: Config, changes: object): Config =>
  configSchema.parse({ ...config, ...changes });

type Stacks = ReturnType<typeof addStacks>;

const outdirs: string[] = [];
afterAll(() => {
  for (const outdir of outdirs) rmSync(outdir, { recursive: true });
});

export const newStage = (config: Config): { app: App; outdir: string; stacks: Stacks } => {
  const outdir = mkdtempSync(join(tmpdir(), "warren-stacks-"));
  outdirs.push(outdir);
  const app = newApp(join(outdir, "cdk.out"));
  return { app, outdir, stacks: addStacks(app, { config, bundles: placeholders(outdir) }) };
};

export const templatesOf = (config: Config): Record<Exclude<keyof Stacks, "images">, Template> => {
  const { network, data, controlPlane, monitoring, health, api } = newStage(config).stacks;
  return {
    network: Template.fromStack(network),
    data: Template.fromStack(data),
    controlPlane: Template.fromStack(controlPlane),
    monitoring: Template.fromStack(monitoring),
    health: Template.fromStack(health),
    api: Template.fromStack(api),
  };
};

/** @throws where the configuration has no `image` section */
export const imageTemplateOf = (config: Config): Template => {
  const { images } = newStage(config).stacks;
  if (!images) throw new Error(`${config.stage} builds no image`);
  return Template.fromStack(images);
};

const placeholders = (outdir: string): string => {
  const bundles = join(outdir, "bundles");
  for (const directory of globSync("lambdas/*", { cwd: join(import.meta.dirname, "..", "..") })) {
    const place = join(bundles, basename(directory));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "index.mjs"), "export const handler = () => undefined;\n");
  }
  return bundles;
};
