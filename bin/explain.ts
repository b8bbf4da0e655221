// What is shown of an error, and the exit code that goes with it.
import { OperatorError } from "../core/operator-error.ts";

/** By name, so that nothing need be loaded to know them. */
const wrongCommandLines = ["UsageError", "ConfigMissingError"];

const isWrongCommandLine = (error: unknown): error is OperatorError =>
  error instanceof OperatorError && wrongCommandLines.includes(error.name);

export const exitCodeOf = (error: unknown): number => (isWrongCommandLine(error) ? 2 : 1);

/** Where an error that nobody foresaw comes from is shown on request. */
export const explain = (error: unknown): string => {
  if (isWrongCommandLine(error)) return error.message.replaceAll(/\s*\n\s*/g, " ");
  if (error instanceof OperatorError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (process.env.WARREN_STACK) return error.stack ?? error.message;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.name}: ${error.message}${cause}. With WARREN_STACK=1 it says where.`;
};
