// Python tools come from PyPI into a virtual environment of our own, so that nobody has to install them.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import { stateDirectory } from "../state-directory.ts";

const candidates = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const oldest = [3, 10] as const;
/** Its option `--python` came with 22.3. */
const oldestPipForOthers = 23;

class PythonMissingError extends OperatorError {
  override name = "PythonMissingError";
}

export interface PythonEnvironment {
  /** Run tools as `<python> -m <module>`: the scripts in bin/ still name the place they were installed to. */
  python: string;
  bin: string;
}

interface EnvironmentOptions {
  name: string;
  requirementsFile: string;
}

/**
 * Makes the environment once per content of the requirements file, about 5 s, and finds it again later.
 * @throws PythonMissingError where no Python of 3.10 or newer is on the PATH.
 */
export const ensurePythonEnvironment = async (options: EnvironmentOptions): Promise<PythonEnvironment> => {
  const place = placeOf(options);
  if (!existsSync(place)) await install(place, options.requirementsFile);
  return { python: join(place, "bin", "python"), bin: join(place, "bin") };
};

export const isInstalled = (options: EnvironmentOptions): boolean => existsSync(placeOf(options));

const placeOf = ({ name, requirementsFile }: EnvironmentOptions): string => {
  const hash = createHash("sha256").update(readFileSync(requirementsFile)).digest("hex").slice(0, 12);
  return join(stateDirectory, "python", `${name}-${hash}`);
};

const install = async (place: string, requirementsFile: string): Promise<void> => {
  const draft = `${place}.${process.pid}`;
  await mkdir(join(place, ".."), { recursive: true });
  const pip = await newEnvironment(draft, await findPython());
  const options = ["--quiet", "--disable-pip-version-check", "--requirement", requirementsFile];
  await execa(pip.python, ["-m", "pip", ...pip.target, "install", ...options]);
  // Whoever renames first wins; an environment is never seen half installed.
  await rename(draft, place).catch(() => rm(draft, { recursive: true }));
};

/** Unpacking a pip of its own takes as long as all the rest: where Python has one that can work for another, that does. */
const newEnvironment = async (
  place: string,
  python: string,
): Promise<{ python: string; target: string[] }> => {
  const { stdout } = await execa(python, ["-m", "pip", "--version"], { reject: false });
  const [major = 0] = (stdout?.match(/\d+/) ?? []).map(Number);
  const own = join(place, "bin", "python");
  if (major < oldestPipForOthers) {
    await execa(python, ["-m", "venv", place]);
    return { python: own, target: [] };
  }
  await execa(python, ["-m", "venv", "--without-pip", place]);
  return { python, target: ["--python", own] };
};

const findPython = async (): Promise<string> => {
  for (const candidate of candidates) {
    const { stdout } = await execa(candidate, ["--version"], { reject: false });
    const [major = 0, minor = 0] = (stdout?.match(/\d+/g) ?? []).map(Number);
    if (major === oldest[0] && minor >= oldest[1]) return candidate;
  }
  throw new PythonMissingError(
    `No Python ${oldest.join(".")} or newer was found (looked for ${candidates.join(", ")}). ` +
      "The local AWS (MiniStack) runs on it. Install Python, or run MiniStack elsewhere and set AWS_ENDPOINT_URL to it (docs/local-stage.md).",
  );
};
