// What changing an instance's profile or its interface's groups needs to be allowed.
import { instanceOfAssociation } from "../actions/instance-access.ts";
import { type Clients, readProfile } from "../ministack/ministack-reads.ts";
import type { Parameters } from "../protocol/query.ts";
import { findInterface, type World } from "../world/world.ts";
import { arnOf, context, type Home, type Need, passRole, resourceTags } from "./needs.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const changesProfile = (action: string): boolean =>
  action === "AssociateIamInstanceProfile" || action === "ReplaceIamInstanceProfileAssociation";

/** The instance, with the profile that it has and the one that it is to get, whose role must be passed to EC2. */
export const profileNeeds = async (
  clients: Clients,
  home: Home,
  world: World,
  action: string,
  { InstanceId, AssociationId, IamInstanceProfile }: Parameters,
): Promise<Need[]> => {
  const instance = AssociationId
    ? instanceOfAssociation(world, text(AssociationId))
    : world.instances.get(text(InstanceId));
  if (!instance) return [];
  const { Arn, Name } = Object(IamInstanceProfile);
  const profile = await readProfile(clients, text(Arn ?? Name));
  const about = { "ec2:NewInstanceProfile": profile.arn, "ec2:InstanceProfile": instance.profile?.arn };
  return [
    {
      action: `ec2:${action}`,
      resource: arnOf(home, "instance", instance.instanceId),
      context: { ...resourceTags(instance.tags, "ec2"), ...context(about) },
    },
    passRole(profile.roleArn),
  ];
};

/** The interface, and each group that it is to have. */
export const interfaceNeeds = (
  home: Home,
  world: World,
  action: string,
  { NetworkInterfaceId, SecurityGroupId }: Parameters,
): Need[] => {
  const { networkInterfaceId, interfaceTags } = findInterface(world, text(NetworkInterfaceId));
  const on = (type: string, id: string, about = context({})): Need => ({
    action: `ec2:${action}`,
    resource: arnOf(home, type, id),
    context: about,
  });
  return [
    on("network-interface", networkInterfaceId, resourceTags(interfaceTags, "ec2")),
    ...[SecurityGroupId ?? []].flat().map((id) => on("security-group", text(id))),
  ];
};
