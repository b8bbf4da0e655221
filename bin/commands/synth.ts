// `warren synth`: the templates of configurations, which the CDK makes here without its command line.
import { join, resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import type { Synthesis } from "../../lib/stacks/synthesis.ts";
import { operatorOf, printJson, type Session } from "../session.ts";

const project = join(import.meta.dirname, "..", "..");
const defaultOutput = join("cdk.out", "all");

export const synthCommand = (session: Session) =>
  new Command("synth")
    .description("makes the templates of all configurations, the examples included, or of those named")
    .argument("[names...]", "of configurations: staging is config/staging.json")
    .option("--output <directory>", `where each gets a directory of its own (default: ${defaultOutput})`)
    .option("--json", "the result as JSON")
    .action(async (names, { output, json }) => {
      const directory = output ? resolve(output) : join(project, defaultOutput);
      const { say } = operatorOf(session, { json });
      const done = await synthesiseAll(names, directory, session, (one) => say(lineOf(one)));
      if (json) printJson(session, done);
    });

const synthesiseAll = async (
  names: string[],
  output: string,
  { configDirectory }: Session,
  show: (synthesis: Synthesis) => void,
): Promise<Synthesis[]> => {
  const { configNames, loadConfig } = await import("../../lib/config/load-config.ts");
  const wanted = names.length > 0 ? names : configNames(configDirectory);
  // Before the bundles and the CDK: a wrong name is told at once.
  for (const name of wanted) loadConfig(name, configDirectory);
  const { withBundles } = await import("../../lib/bundle.ts");
  const { synthesise } = await import("../../lib/stacks/synthesis.ts");
  return withBundles(({ directory: bundles }) =>
    wanted.map((name) => {
      const synthesis = synthesise(name, {
        directory: join(output, name),
        bundles,
        configs: configDirectory,
      });
      show(synthesis);
      return synthesis;
    }),
  );
};

const lineOf = ({ configuration, stacks, resources, seconds }: Synthesis): string =>
  `${configuration}: ${stacks.length} stacks, ${resources} resources, ${seconds.toFixed(1)} s`;
