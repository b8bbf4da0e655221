// `warren bump`: another version of what the machines' image is built from.
import { Argument, Command } from "@commander-js/extra-typings";
import { type ImageName, pinnedNames, type ToolName } from "../../lib/config/versions.ts";
import type { Operator } from "../../operations/operator.ts";
import { operatorOf, printJson, type Session } from "../session.ts";

const bumpVersion = async (
  name: ToolName | ImageName,
  version: string,
  { say }: Operator,
  anotherMajor?: boolean,
) => {
  const { bump } = await import("../../operations/bump/bump.ts");
  return bump(name, version, { say, anotherMajor });
};

export const bumpCommand = (session: Session, bump = bumpVersion) =>
  new Command("bump")
    .description("brings a pinned version, with its checksum, up to date in image-builder/versions.json")
    .addArgument(new Argument("<name>", "of a tool or a container image").choices(pinnedNames))
    .argument("<version>", "such as 2026.8.2")
    .option("--another-major", "takes a database that does not read the data of the one before")
    .option("--json", "the new pin as JSON")
    .action(async (name, version, { json, anotherMajor }) => {
      const operator = operatorOf(session, { json });
      const pin = await bump(name, version, operator, anotherMajor);
      operator.say(`image-builder/versions.json: ${name} ${JSON.stringify(pin)}`);
      if (json) printJson(session, { name, ...pin });
    });
