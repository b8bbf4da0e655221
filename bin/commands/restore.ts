// `warren restore`: a tenant's data, put back to a snapshot.
import { Argument, Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { operatorOf, printJson, type Session } from "../session.ts";
import { slugArgument } from "../slug-argument.ts";

const snapshotId = (id: string): string => {
  if (/^snap-[0-9a-f]{8,17}$/.test(id)) return id;
  throw new InvalidArgumentError("Allowed is an id such as snap-0123456789abcdef0.");
};

export const restoreCommand = (session: Session) =>
  new Command("restore")
    .description("puts a tenant's data back to a snapshot; without one, lists which there are")
    .argument("<stage>", "staging is config/staging.json")
    .addArgument(new Argument("<slug>", "the tenant's").argParser(slugArgument))
    .addArgument(new Argument("[snapshot]", "its id").argParser(snapshotId))
    .option("--no-wait", "ends once the repair is ordered that brings the new machine")
    .option("--again", "also from a snapshot that was restored before and is in use")
    .option("--yes", "without asking")
    .option("--json", "the result as JSON")
    .action(async (stage, slug, snapshot, { wait, again = false, yes, json }) => {
      const operator = operatorOf(session, { yes, json }, snapshot && `the data of ${slug} on ${stage}`);
      const { runList, runRestore } = await import("../../operations/restore/run.ts");
      const { configDirectory } = session;
      const result = snapshot
        ? await runRestore({ stage, slug, snapshotId: snapshot, wait, again }, operator, configDirectory)
        : await runList({ stage, slug }, operator, configDirectory);
      if (json) printJson(session, result);
    });
