// What the commands in bin/ share: a mistake in the configuration is told in its own words, without a stack trace.
import { ConfigError } from "./config/load-config.ts";

export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
