// What a call of Run Command needs to be allowed, as the Service Authorization Reference lists it for Systems Manager.
import * as z from "zod";
import { arnOf, type Home, type Need, resourceTags } from "../authorisation/needs.ts";
import type { World } from "../world/world.ts";
import type { Documents } from "./documents.ts";

const named = z.looseObject({
  Name: z.string().optional(),
  DocumentName: z.string().optional(),
  InstanceIds: z.array(z.string()).default([]),
});

interface Known {
  world: World;
  documents: Documents;
}

/** @param input as it came: what is wrong with it is for the action to say */
export const commandNeeds = (
  home: Home,
  { world, documents }: Known,
  action: string,
  input: unknown,
): Need[] => {
  const { data = { InstanceIds: [] } } = named.safeParse(input);
  const name = action === "SendCommand" ? data.DocumentName : data.Name;
  const on = (resource: string, context: Need["context"] = {}): Need => ({
    action: `ssm:${action}`,
    resource,
    context,
  });
  const document = name === undefined ? [] : [on(documentArn(home, name), documentContext(documents, name))];
  // What does not exist is for the action to say.
  const instances = data.InstanceIds.flatMap((id) => {
    const tags = world.instances.get(id)?.tags;
    return tags ? [on(arnOf(home, "instance", id), resourceTags(tags, "ssm"))] : [];
  });
  if (action === "SendCommand") return [...document, ...instances];
  return document.length > 0 ? document : [on("*")];
};

const documentArn = ({ region, accountId }: Home, name: string): string =>
  `arn:aws:ssm:${region}:${accountId}:document/${name}`;

const documentContext = (documents: Documents, name: string) => resourceTags(documents.tagsOf(name), "ssm");
