// The CDK application: `cdk synth -c stage=<name>`, or STAGE=<name>, takes config/<name>.json; the default is local.
import { App } from "aws-cdk-lib";
import { OperatorError } from "../core/operator-error.ts";
import { withBundles } from "../lib/bundle.ts";
import { loadConfig } from "../lib/config/load-config.ts";
import { addStacks } from "../lib/stacks/warren.ts";

const synthesise = async (): Promise<void> => {
  const app = new App();
  const stage: string = app.node.tryGetContext("stage") ?? process.env.STAGE ?? "local";
  const config = loadConfig(stage);
  await withBundles(({ directory }) => {
    addStacks(app, { config, bundles: directory });
    app.synth();
  });
};

await synthesise().catch((error) => {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
