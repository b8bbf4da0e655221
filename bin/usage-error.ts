// A wrong command line, told in one line: what was found, and what is allowed.
import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { OperatorError } from "../core/operator-error.ts";

export class UsageError extends OperatorError {
  override name = "UsageError";
}

export const usageErrorOf = (command: CommandUnknownOpts, error: CommanderError): UsageError => {
  const found = error.message
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return new UsageError(
    `${pathOf(command)}: ${lacksCommand(command, error) ?? found}.${allowed(command, error)}`,
  );
};

/** Commander shows its help instead. */
const lacksCommand = ({ args }: CommandUnknownOpts, { code }: CommanderError): string | undefined => {
  if (code !== "commander.help") return undefined;
  const [, wanted] = args;
  return wanted ? `unknown command '${wanted}'` : "missing command";
};

const allowed = (command: CommandUnknownOpts, { code }: CommanderError): string => {
  const usage = `Usage: ${pathOf(command)} ${command.usage()}`;
  switch (code) {
    // Its message says what is.
    case "commander.invalidArgument":
      return "";
    case "commander.unknownOption":
      return ` Allowed: ${[...command.options.map(({ long }) => long), "--help"].join(", ")}. ${usage}`;
    case "commander.help":
    case "commander.unknownCommand":
      return ` Commands: ${command.commands.map((one) => one.name()).join(", ")}`;
    default:
      return ` ${usage}`;
  }
};

const pathOf = (command: CommandUnknownOpts): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
