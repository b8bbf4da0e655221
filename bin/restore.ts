// Puts a tenant's data back to a snapshot: `npm run restore -- <stage> <slug> [<snapshot id>]`.

import { runCommand } from "../lib/run-command.ts";
import { restoreCommand } from "../operations/restore/command.ts";

await runCommand(() =>
  restoreCommand(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`)),
);
