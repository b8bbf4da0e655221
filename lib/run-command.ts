// What the commands in bin/ share: an operator's mistake is told in its own words, without a stack trace.
import { OperatorError } from "../core/operator-error.ts";

export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
