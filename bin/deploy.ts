// Deploys a stage: `npm run deploy -- <stage> [options of cdk deploy]`. The outputs go to cdk.out/<stage>-outputs.json.
import { execa } from "execa";
import { ConfigError, loadConfig } from "../lib/config/load-config.ts";
import { runCommand } from "../lib/run-command.ts";

await runCommand(async () => {
  const [stage, ...options] = process.argv.slice(2);
  if (!stage || stage.startsWith("-")) throw new ConfigError("Say which stage: npm run deploy -- staging");
  if (stage.endsWith(".example"))
    throw new ConfigError(`${stage} is there to be copied, not to be deployed.`);
  // Before the CDK's command line starts: it would report the same at the end of a stack trace.
  loadConfig(stage);
  const outputs = ["--outputs-file", `cdk.out/${stage}-outputs.json`];
  const command = ["deploy", "--all", "--context", `stage=${stage}`, ...outputs, ...options];
  const { exitCode } = await execa("cdk", command, { preferLocal: true, stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 1;
});
