// `warren deploy`: a stage's stacks, by the CDK's command line.
import { Argument, Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { operatorOf, printJson, type Session } from "../session.ts";

const deployable = (stage: string): string => {
  if (!stage.endsWith(".example")) return stage;
  throw new InvalidArgumentError("An example is there to be copied, not to be deployed.");
};

/** A second stage, say, would be taken for an option's value, or not at all. */
const cdkOption = (option: string, others: string[] = []): string[] => {
  if (others.length > 0 || option.startsWith("-")) return [...others, option];
  throw new InvalidArgumentError("One stage at a time; after -- come options of cdk deploy.");
};

export const deployCommand = (session: Session) =>
  new Command("deploy")
    .description("deploys a stage, and writes its outputs to cdk.out/<stage>-outputs.json")
    .usage("[options] <stage> [-- <options of cdk deploy>]")
    .addArgument(new Argument("<stage>", "staging is config/staging.json").argParser(deployable))
    .addArgument(new Argument("[cdk...]", "options of cdk deploy, as they are").argParser(cdkOption))
    .option("--yes", "without asking, also for what widens permissions")
    .option("--json", "the outputs as JSON")
    .action(async (stage, cdkOptions = [], { yes = false, json = false }) => {
      // On a terminal the CDK asks by itself, once it knows what it would change.
      operatorOf(session, { yes, json }, `stage ${stage}`);
      const { cdkCommand, deploy } = await import("../../operations/deploy/deploy.ts");
      const { deployedOutputs } = await import("../../operations/deploy/deployed-stack.ts");
      const cdk = cdkCommand(json ? process.stderr : "inherit");
      const deps = { cdk, deployed: deployedOutputs, configs: session.configDirectory };
      const outputs = await deploy({ stage, cdkOptions, unattended: yes }, deps);
      if (json) printJson(session, outputs);
    });
