// `warren promote`: a stage's tested image, given to another stage.
import { Command } from "@commander-js/extra-typings";
import { operatorOf, printJson, type Session } from "../session.ts";

export const promoteCommand = (session: Session) =>
  new Command("promote")
    .description("gives a stage's tested image to another stage")
    .argument("<from>", "the stage that built it and tested it")
    .argument("<to>", "the stage that starts its machines from it")
    .option("--dry-run", "only says what would change")
    .option("--yes", "without asking")
    .option("--json", "the result as JSON")
    .action(async (from, to, { dryRun = false, yes, json }) => {
      const operator = operatorOf(session, { yes, json }, dryRun ? undefined : `stage ${to}`);
      const { runPromote } = await import("../../operations/promote/run.ts");
      const promoted = await runPromote({ from, to, dryRun }, operator, session.configDirectory);
      if (json) printJson(session, promoted);
    });
