// Synthesises a configuration into a directory of its own, which `cdk --app` takes.
import { loadConfig } from "../config/load-config.ts";
import { newApp } from "../new-app.ts";
import { addStacks } from "./warren.ts";

export interface Synthesis {
  configuration: string;
  directory: string;
  stacks: string[];
  resources: number;
  seconds: number;
}

interface Places {
  directory: string;
  /** One directory per bundled Lambda. */
  bundles: string;
  /** Of the configurations. */
  configs?: string | undefined;
}

/** @throws ConfigError */
export const synthesise = (configuration: string, { directory, bundles, configs }: Places): Synthesis => {
  const started = performance.now();
  const app = newApp(directory);
  addStacks(app, { config: loadConfig(configuration, configs), bundles });
  const { stacks } = app.synth();
  return {
    configuration,
    directory,
    stacks: stacks.map(({ stackName }) => stackName),
    resources: stacks.flatMap(({ template }) => Object.keys(template.Resources)).length,
    seconds: Math.round(performance.now() - started) / 1000,
  };
};
