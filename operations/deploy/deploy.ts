// Deploys a stage by the CDK's command line; what the stacks say about themselves goes to a file that the docs name.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { OperatorError } from "../../core/operator-error.ts";
import { stackName } from "../../core/stage-names.ts";
import type { Config } from "../../lib/config/config.ts";
import { loadConfig } from "../../lib/config/load-config.ts";
import { changesOfShape, shapeOutput } from "../../lib/config/network-shape.ts";
import type { DeployedOutputs } from "./deployed-stack.ts";

const projectDirectory = join(import.meta.dirname, "..", "..");

export interface DeployRequest {
  stage: string;
  /** Without asking about what widens permissions. */
  unattended: boolean;
  /** Of `cdk deploy`, as they are. */
  cdkOptions: string[];
}

/** The CDK's command line. */
export interface Cdk {
  /** Where it runs. */
  directory: string;
  /** @returns its exit code */
  run(args: string[]): Promise<number>;
}

/** By stack, and then by the output's name. */
export type Outputs = Record<string, Record<string, string>>;

interface DeployDeps {
  cdk: Cdk;
  deployed: DeployedOutputs;
  /** the directory of the configurations, where it is another one */
  configs?: string | undefined;
}

/** @throws OperatorError when it did not end well: the CDK has said why */
export const deploy = async (
  request: DeployRequest,
  { cdk, deployed, configs }: DeployDeps,
): Promise<Outputs> => {
  // Before the CDK's command line starts: it would report the same at the end of a stack trace.
  const config = loadConfig(request.stage, configs);
  await checkNetwork(config, deployed);
  const file = join("cdk.out", `${request.stage}-outputs.json`);
  const exitCode = await cdk.run(argumentsOf(request, file));
  if (exitCode !== 0)
    throw new OperatorError(`cdk deploy ended with exit code ${exitCode}: what it says is above.`);
  return JSON.parse(await readFile(join(cdk.directory, file), "utf8"));
};

/** @throws OperatorError where the configuration asks for what CloudFormation would refuse half-way */
const checkNetwork = async (config: Config, deployed: DeployedOutputs): Promise<void> => {
  const output = (await deployed(stackName(config.stage, "Network"), config.region))?.[shapeOutput];
  const changes = output ? changesOfShape(config, output) : [];
  if (changes.length === 0) return;
  throw new OperatorError(
    `A network keeps its shape for ever: ${changes.join("; ")}. Nothing was changed. Put the value back, or make another ` +
      "stage and move the tenants there.",
  );
};

const argumentsOf = ({ stage, unattended, cdkOptions }: DeployRequest, outputs: string): string[] => {
  const approval = unattended ? ["--require-approval", "never"] : [];
  const what = ["deploy", "--all", "--context", `stage=${stage}`, "--outputs-file", outputs];
  return [...what, ...approval, ...cdkOptions];
};

/** @param stdout another stream than this process's where a result has to be alone on that */
export const cdkCommand = (stdout: "inherit" | NodeJS.WriteStream): Cdk => ({
  directory: projectDirectory,
  run: async (args) => {
    const { exitCode } = await execa("cdk", args, {
      cwd: projectDirectory,
      preferLocal: true,
      localDir: projectDirectory,
      reject: false,
      stdio: ["inherit", stdout, "inherit"],
    });
    return exitCode ?? 1;
  },
});
