// The same CDK app and CLI as for a real account, pointed at the local one by its environment.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { projectDirectory } from "../state-directory.ts";
import { type AdminAccess, adminEnvironment } from "./admin-access.ts";

export interface CdkTarget {
  aws: AdminAccess;
  /** The cloud assembly, the bootstrap template and the outputs are kept here. */
  directory: string;
}

/** MiniStack's one account. */
const account = "000000000000";

/** What `cdk bootstrap --show-template` prints, without starting the CLI for it. */
const standardTemplate = join(
  projectDirectory,
  "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml",
);

/** Output names to values, per stack. */
export type StackOutputs = Record<string, Record<string, string>>;

const stage = "local";
const cloudAssembly = ({ directory }: CdkTarget) => join(directory, "cdk.out", stage);

const cdk = (target: CdkTarget, args: string[], cwd = projectDirectory) =>
  execa("cdk", [...args, "--no-notices", "--no-version-reporting"], {
    cwd,
    preferLocal: true,
    localDir: projectDirectory,
    env: { ...adminEnvironment(target.aws), CI: "true" },
  });

export const synthesise = async (target: CdkTarget): Promise<void> => {
  const program = ["bin/warren.ts", "synth", stage, "--output", join(target.directory, "cdk.out")];
  // CDK's own checks of the templates cost seconds, and `npm run synth` and the tests make them.
  const env = { CDK_VALIDATION: "false" };
  await execa("node", program, { cwd: projectDirectory, preferLocal: true, env });
};

/** Bootstraps without the staging bucket's policy: it refuses plain HTTP, which is what the local AWS speaks. */
export const bootstrap = async (target: CdkTarget): Promise<void> => {
  const file = join(target.directory, "bootstrap.yaml");
  await mkdir(target.directory, { recursive: true });
  await writeFile(file, withoutResource(await readFile(standardTemplate, "utf8"), "StagingBucketPolicy"));
  const environment = `aws://${account}/${target.aws.region}`;
  // From a directory without a cdk.json: else the CLI synthesises the app to learn the environment that it is given.
  await cdk(target, ["bootstrap", environment, "--template", file], target.directory);
};

/** By its indentation: a YAML parser would have to know CloudFormation's own tags. */
const withoutResource = (template: string, resource: string): string =>
  template.replace(new RegExp(`^  ${resource}:\\n(?: {3,}.*\\n|\\n)*`, "m"), "");

export const deploy = async (target: CdkTarget): Promise<StackOutputs> => {
  const outputs = join(target.directory, "outputs.json");
  const quick = ["--method", "direct", "--concurrency", "4", "--require-approval", "never"];
  const what = ["deploy", "--all", "--app", cloudAssembly(target), "--outputs-file", outputs];
  await cdk(target, [...what, ...quick]);
  return JSON.parse(await readFile(outputs, "utf8"));
};
