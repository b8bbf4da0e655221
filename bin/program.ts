// All of `warren`: its subcommands, and what is told of a command line that is wrong or of work that fails.
import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import manifest from "../package.json" with { type: "json" };
import { bumpCommand } from "./commands/bump.ts";
import { deployCommand } from "./commands/deploy.ts";
import { promoteCommand } from "./commands/promote.ts";
import { restoreCommand } from "./commands/restore.ts";
import { sizesCommand } from "./commands/sizes.ts";
import { startCommand } from "./commands/start.ts";
import { synthCommand } from "./commands/synth.ts";
import { exitCodeOf, explain } from "./explain.ts";
import type { Session } from "./session.ts";
import { usageErrorOf } from "./usage-error.ts";

const commands = [
  startCommand,
  synthCommand,
  deployCommand,
  restoreCommand,
  promoteCommand,
  bumpCommand,
  sizesCommand,
];

export const newProgram = (session: Session): CommandUnknownOpts => {
  const program = new Command("warren")
    .description("A machine of its own for every tenant: runs it here, deploys it, and works on its stages.")
    .version(manifest.version);
  for (const command of commands) program.addCommand(command(session));
  return program;
};

/** Nothing is printed by commander but help and version, and nothing exits. */
const withSession = (command: CommandUnknownOpts, session: Session): CommandUnknownOpts => {
  command
    .configureOutput({ writeOut: (text) => void session.stdout.write(text), writeErr: () => undefined })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageErrorOf(command, error);
    });
  for (const subcommand of command.commands) withSession(subcommand, session);
  return command;
};

/** @returns the exit code: 2 for a wrong command line, 1 for work that failed */
export const runProgram = async (args: string[], session: Session): Promise<number> => {
  try {
    await withSession(newProgram(session), session).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    session.stderr.write(`${explain(error)}\n`);
    return exitCodeOf(error);
  }
};
