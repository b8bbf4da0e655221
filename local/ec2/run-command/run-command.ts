// Systems Manager as far as it is answered here: Run Command, its documents and its managed nodes.
import { type Authorisation, describeDenial } from "../authorisation/authorisation.ts";
import type { Need } from "../authorisation/needs.ts";
import type { MachineManager } from "../machine/machine-manager.ts";
import { Ec2Error } from "../protocol/errors.ts";
import type { World } from "../world/world.ts";
import { commandActions } from "./command-actions.ts";
import { commandNeeds } from "./command-needs.ts";
import { Commands } from "./commands.ts";
import { documentActions } from "./document-actions.ts";
import { Documents } from "./documents.ts";
import { ManagedNodes } from "./managed-nodes.ts";
import type { SsmActions } from "./ssm-action.ts";

interface RunCommandDeps {
  world: World;
  machineManager: Pick<MachineManager, "find">;
  authorisation: Authorisation;
  region: string;
  /** of the AWS account */
  accountId: () => Promise<string>;
}

export interface RunCommand {
  actions: SsmActions;
  /** @returns what the call needed. @throws Ec2Error AccessDeniedException */
  authorise: (app: string | undefined, action: string, input: unknown) => Promise<Need[]>;
  /** Forgets all commands. Documents stay: they are deployed, as MiniStack's resources are. */
  forget: () => void;
}

const accessDenied = (role: string, missing: Need): Ec2Error =>
  new Ec2Error("AccessDeniedException", describeDenial(role, missing));

export const startRunCommand = ({ authorisation, accountId, ...deps }: RunCommandDeps): RunCommand => {
  const { world, machineManager, region } = deps;
  const documents = new Documents();
  const nodes = new ManagedNodes(deps);
  const commands = new Commands({
    machineOf: machineManager.find,
    isGone: (id) => ["shutting-down", "terminated", undefined].includes(world.instances.get(id)?.state),
  });
  const needs = async (action: string, input: unknown): Promise<Need[]> =>
    commandNeeds({ region, accountId: await accountId() }, { world, documents }, action, input);
  return {
    actions: {
      ...documentActions(documents),
      ...commandActions({ commands, documents, nodes }),
      ...nodes.actions(),
    },
    authorise: (app, action, input) => authorisation.demand(app, () => needs(action, input), accessDenied),
    forget: () => commands.clear(),
  };
};
