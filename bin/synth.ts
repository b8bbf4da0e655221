// Synthesises configurations, all of them with the examples unless some are named:
// `npm run synth -- [--output <directory>] [<name>…]`. Each gets a directory of its own, which `cdk --app` takes.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withBundles } from "../lib/bundle.ts";
import { configNames, loadConfig } from "../lib/config/load-config.ts";
import { newApp } from "../lib/new-app.ts";
import { runCommand } from "../lib/run-command.ts";
import { addStacks } from "../lib/warren.ts";

function synthesise(name: string, outdir: string, bundles: string): string {
  const started = performance.now();
  const app = newApp(outdir);
  addStacks(app, { config: loadConfig(name), bundles });
  const { stacks } = app.synth();
  const resources = stacks.flatMap(({ template }) => Object.keys(template.Resources));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `${name}: ${stacks.length} stacks, ${resources.length} resources, ${seconds} s\n`;
}

await runCommand(async () => {
  const options = { output: { type: "string", default: join("cdk.out", "all") } } as const;
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const names = positionals.length > 0 ? positionals : configNames();
  await withBundles(({ directory }) => {
    for (const name of names) process.stdout.write(synthesise(name, join(values.output, name), directory));
  });
});
