// The instance profile of an instance and the groups of its interface, changed while it lives.
import * as z from "zod";
import type { MachineManager } from "../machine/machine-manager.ts";
import { type Clients, readGroups, readProfile } from "../ministack/ministack-reads.ts";
import { type Actions, action, done } from "../protocol/action.ts";
import { Ec2Error } from "../protocol/errors.ts";
import { type Answer, items } from "../protocol/xml.ts";
import type { Instance } from "../world/model.ts";
import { findInstance, findInterface, type World } from "../world/world.ts";
import { applyFilters, type Fields, filtersParameter } from "./filters.ts";
import { profileParameter } from "./launch-parameters.ts";

interface InstanceAccessDeps {
  world: World;
  clients: Clients;
  machineManager: MachineManager;
}

/** EC2 gives every association an id of its own; here an instance keeps one. */
const prefix = "iip-assoc-";
const associationOf = ({ instanceId }: Instance): string => prefix + instanceId.replace("i-", "");

export const instanceOfAssociation = (world: World, id: string): Instance | undefined => {
  const instance = world.instances.get(id.replace(prefix, "i-"));
  return instance?.profile && instance;
};

const associationXml = (instance: Instance): Answer => ({
  associationId: associationOf(instance),
  instanceId: instance.instanceId,
  iamInstanceProfile: instance.profile && { arn: instance.profile.arn, id: instance.profile.id },
  state: "associated",
});

const associated = (world: World, id: string): Instance => {
  const instance = instanceOfAssociation(world, id);
  if (instance) return instance;
  throw new Ec2Error("NoSuchAssociation", `The association '${id}' does not exist`);
};

const fields: Fields<Instance> = {
  "instance-id": ({ instanceId }) => [instanceId],
  state: () => ["associated"],
};

/** Checked before it takes effect: a group that does not exist changes nothing. */
export const changeGroups = async (
  { clients, machineManager }: Pick<InstanceAccessDeps, "clients" | "machineManager">,
  instance: Instance,
  groupIds: string[],
): Promise<void> => {
  instance.groups = await readGroups(clients, groupIds);
  await machineManager.changeGroups(instance);
};

export const instanceAccessActions = (deps: InstanceAccessDeps): Actions => {
  const { world, clients, machineManager } = deps;
  const change = async (instance: Instance, profile: z.output<typeof profileParameter>): Promise<Answer> => {
    instance.profile = await readProfile(clients, profile.Arn ?? profile.Name ?? "");
    await machineManager.changeRole(instance);
    return { iamInstanceProfileAssociation: associationXml(instance) };
  };

  return {
    DescribeIamInstanceProfileAssociations: action(
      z.strictObject({ Filter: filtersParameter }),
      ({ Filter }) => {
        const withProfile = [...world.instances.values()].filter(({ profile }) => profile);
        const found = applyFilters(Filter, fields, withProfile, { byTags: false });
        return { iamInstanceProfileAssociationSet: items(found.map(associationXml)) };
      },
    ),
    AssociateIamInstanceProfile: action(
      z.strictObject({ InstanceId: z.string(), IamInstanceProfile: profileParameter }),
      ({ InstanceId, IamInstanceProfile }) => {
        const instance = findInstance(world, InstanceId);
        if (!instance.profile) return change(instance, IamInstanceProfile);
        const problem = `There is an existing association for instance ${InstanceId}`;
        throw new Ec2Error("IncorrectState", problem);
      },
    ),
    ReplaceIamInstanceProfileAssociation: action(
      z.strictObject({ AssociationId: z.string(), IamInstanceProfile: profileParameter }),
      ({ AssociationId, IamInstanceProfile }) => change(associated(world, AssociationId), IamInstanceProfile),
    ),
    DisassociateIamInstanceProfile: action(
      z.strictObject({ AssociationId: z.string() }),
      async ({ AssociationId }) => {
        const instance = associated(world, AssociationId);
        const answer = { iamInstanceProfileAssociation: associationXml(instance) };
        delete instance.profile;
        await machineManager.changeRole(instance);
        return answer;
      },
    ),
    ModifyNetworkInterfaceAttribute: action(
      z.strictObject({ NetworkInterfaceId: z.string(), SecurityGroupId: z.array(z.string()).min(1) }),
      async ({ NetworkInterfaceId, SecurityGroupId }) => {
        await changeGroups(deps, findInterface(world, NetworkInterfaceId), SecurityGroupId);
        return done;
      },
    ),
  };
};
