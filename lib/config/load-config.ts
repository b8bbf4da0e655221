// Finds and reads a stage's configuration file; what is in it is judged by lib/config/config.ts.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { OperatorError } from "../../core/operator-error.ts";
import { type Config, configSchema } from "./config.ts";
import { describeProblems } from "./config-problems.ts";
import { foreignImages } from "./sibling-stages.ts";

export const configDirectory = join(import.meta.dirname, "..", "..", "config");

export class ConfigError extends OperatorError {
  override name = "ConfigError";
}

/** A name that no file has. */
export class ConfigMissingError extends ConfigError {
  override name = "ConfigMissingError";
}

/** Names that `loadConfig` accepts, the examples (`staging.example`) included. */
export const configNames = (directory = configDirectory): string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .sort();

/** @throws ConfigError that lists every problem of the file, or the files there are. */
export const loadConfig = (name: string, directory = configDirectory): Config => {
  const file = join(directory, `${name}.json`);
  const input = readJson(file, name, directory);
  const parsed = configSchema.safeParse(input);
  const problems = parsed.success
    ? [...wrongStage(parsed.data.stage, name), ...foreignImages(parsed.data, siblings(name, directory))]
    : describeProblems(parsed.error, input);
  if (!parsed.success || problems.length > 0) {
    const lines = problems.map((problem) => `  ${problem}`).join("\n");
    throw new ConfigError(`${shortPath(file)} has ${problems.length} problem(s):\n${lines}`);
  }
  return parsed.data;
};

/** Two files with the same stage would fight over the same stacks. */
const wrongStage = (stage: string, name: string): string[] => {
  const expected = name.replace(/\.example$/, "");
  return stage === expected ? [] : [`stage: found "${stage}"; allowed: "${expected}", as the file is named`];
};

/** Examples are neighbours of each other only: what was copied from one may still look like it. */
const siblings = (name: string, directory: string): unknown[] => {
  const isExample = (candidate: string) => candidate.endsWith(".example");
  return configNames(directory)
    .filter((candidate) => candidate !== name && isExample(candidate) === isExample(name))
    .flatMap((candidate) => jsonOrNothing(join(directory, `${candidate}.json`)));
};

/** What is wrong with another file is told when that one is loaded. */
const jsonOrNothing = (file: string): unknown[] => {
  try {
    return [JSON.parse(readFileSync(file, "utf8"))];
  } catch {
    return [];
  }
};

const readJson = (file: string, name: string, directory: string): unknown => {
  const names = configNames(directory);
  if (!names.includes(name)) throw new ConfigMissingError(missing(file, name, names));
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new ConfigError(`${shortPath(file)} is not JSON: ${(cause as Error).message}`, { cause });
  }
};

const missing = (file: string, name: string, names: string[]): string => {
  const example = [`${name}.example`, "staging.example"].find((candidate) => names.includes(candidate));
  const copy = example ? ` To make it: cp config/${example}.json config/${name}.json, then edit it.` : "";
  const found = names.map((found) => `${found}.json`).join(", ") || "no configuration";
  return `${shortPath(file)} does not exist; its directory has ${found}.${copy}`;
};

const shortPath = (file: string): string => relative(process.cwd(), file);
