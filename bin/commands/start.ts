// `warren start`: the local stage.
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { defaultFirstPort, lastFirstPort, refusedPorts } from "../../local/stage/ports.ts";
import type { StartOptions } from "../../local/start/start.ts";
import type { Session } from "../session.ts";
import { slugArgument } from "../slug-argument.ts";

const firstPort = (value: string): number => {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1024 || port > lastFirstPort)
    throw new InvalidArgumentError(`Allowed is a whole number from 1024 to ${lastFirstPort}.`);
  const refused = refusedPorts(port);
  if (refused.length === 0) return port;
  throw new InvalidArgumentError(
    `Browsers and fetch refuse port ${refused.join(", ")} of that block: choose another, such as 5566.`,
  );
};

const environment = `
Environment:
  AWS_ENDPOINT_URL  an AWS emulator that you run yourself, instead of our MiniStack (docs/local-stage.md)`;

const startLocalStage = async (options: Omit<StartOptions, "config">): Promise<void> => {
  const { start } = await import("../../local/start/start.ts");
  const { loadConfig } = await import("../../lib/config/load-config.ts");
  await start({ ...options, config: loadConfig("local") });
};

export const startCommand = (_: Session, start = startLocalStage) =>
  new Command("start")
    .description("runs all of Warren on this machine, creates a first tenant, and stays until Ctrl-C")
    .option("--once", "stop after the first full life of a tenant: created, visited, deleted", false)
    .option("--tenant <slug>", "the first tenant's slug", slugArgument, "acme")
    .option("--first-port <number>", "the first of five consecutive ports", firstPort, defaultFirstPort)
    .addHelpText("after", environment)
    .action(start);
