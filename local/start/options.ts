// The command line of `npm start`.
import { parseArgs } from "node:util";
import { defaultFirstPort } from "../stage/ports.ts";

export const usage = `npm start [-- options]

  Runs Warren on this machine: deploys it to a local AWS, creates a first tenant, and stays until Ctrl-C.

  --once               stop after the first full life of a tenant: created, visited, deleted
  --tenant SLUG        the first tenant's slug (default acme)
  --first-port NUMBER  the first of five consecutive ports (default ${defaultFirstPort})
  --help               this text

  AWS_ENDPOINT_URL     an AWS emulator that you run yourself is used instead of our MiniStack (docs/local-stage.md)`;

class UsageError extends Error {
  override name = "UsageError";
}

export interface StartOptions {
  once: boolean;
  tenant: string;
  firstPort: number;
  help: boolean;
}

/** @throws UsageError */
export function startOptions(args: string[]): StartOptions {
  const values = parse(args);
  const firstPort = Number(values["first-port"]);
  if (!Number.isInteger(firstPort) || firstPort < 1024 || firstPort > 65_531)
    throw new UsageError(
      `--first-port is "${values["first-port"]}"; allowed is a whole number from 1024 to 65531.`,
    );
  return { once: values.once, tenant: values.tenant, firstPort, help: values.help };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        once: { type: "boolean", default: false },
        tenant: { type: "string", default: "acme" },
        "first-port": { type: "string", default: String(defaultFirstPort) },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message} See: npm start -- --help`, { cause });
  }
}
