// The CDK application: `cdk synth -c stage=<name>`, or STAGE=<name>, takes config/<name>.json; the default is local.
import { App } from "aws-cdk-lib";
import { withBundles } from "../lib/bundle.ts";
import { loadConfig } from "../lib/config/load-config.ts";
import { runCommand } from "../lib/run-command.ts";
import { addStacks } from "../lib/warren.ts";

await runCommand(async () => {
  const app = new App();
  const stage: string = app.node.tryGetContext("stage") ?? process.env.STAGE ?? "local";
  const config = loadConfig(stage);
  await withBundles(({ directory }) => {
    addStacks(app, { config, bundles: directory });
    app.synth();
  });
});
