// Synthesises configurations, all of them with the examples unless some are named:
// `npm run synth -- [--output <directory>] [<name>…]`. Each gets a directory of its own, which `cdk --app` takes.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withBundles } from "../lib/bundle.ts";
import { configNames } from "../lib/config/load-config.ts";
import { runCommand } from "../lib/run-command.ts";
import { synthesise } from "../lib/synthesis.ts";

await runCommand(async () => {
  const options = { output: { type: "string", default: join("cdk.out", "all") } } as const;
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const names = positionals.length > 0 ? positionals : configNames();
  await withBundles(({ directory }) => {
    for (const name of names) {
      const places = { directory: join(values.output, name), bundles: directory };
      const { stacks, resources, seconds } = synthesise(name, places);
      const time = `${seconds.toFixed(1)} s`;
      process.stdout.write(`${name}: ${stacks.length} stacks, ${resources} resources, ${time}\n`);
    }
  });
});
