// Gives a stage's tested image to another stage: `npm run promote -- staging production [--dry-run]`.

import { runCommand } from "../lib/run-command.ts";
import { promoteCommand } from "../operations/promote/command.ts";

await runCommand(() =>
  promoteCommand(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`)),
);
