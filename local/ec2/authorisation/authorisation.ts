// MiniStack checks only the calls that it answers: those answered here are checked against the calling task's role, so
// that a missing EC2 permission fails locally and not at the first real deploy.
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { isAllowed, type Session } from "../../iam/decision.ts";
import { type Clients, readAccountId } from "../ministack/ministack-reads.ts";
import { rolePolicies } from "../ministack/role-policies.ts";
import { Ec2Error } from "../protocol/errors.ts";
import type { Parameters } from "../protocol/query.ts";
import type { World } from "../world/world.ts";
import { changesProfile, interfaceNeeds, profileNeeds } from "./access-needs.ts";
import { launchNeeds } from "./launch-needs.ts";
import { creationNeeds, existingNeeds, type Home, type Need, requestOf } from "./needs.ts";

interface AuthorisationDeps {
  clients: Clients;
  lambda: LambdaClient;
  world: World;
  region: string;
}

/** A changed policy takes effect within this time; IAM's own changes take seconds too. */
const rememberMs = 5_000;

interface Caller {
  /** the role's name */
  role: string;
  session: Session;
  policies: object[];
  readAt: number;
}

const newResource: Record<string, string> = { CreateVolume: "volume", CreateSnapshot: "snapshot" };

/** Describe calls know no resources. */
const anything = (action: string): Need => ({ action: `ec2:${action}`, resource: "*", context: {} });

export class Authorisation {
  readonly #deps: AuthorisationDeps;
  readonly #callers = new Map<string, Caller>();

  constructor(deps: AuthorisationDeps) {
    this.#deps = deps;
  }

  /** Of a call of EC2. @returns what it needed @throws Ec2Error UnauthorizedOperation */
  check(app: string | undefined, action: string, parameters: Parameters): Promise<Need[]> {
    return this.demand(app, () => this.#needs(action, parameters), unauthorised);
  }

  /**
   * The caller is known by its app id, which every task's function has in its environment; whoever has none, or one that
   * no function has, is not a task and is not checked.
   * @param refusal the service's own error. @returns what the call needed
   */
  async demand(
    app: string | undefined,
    readNeeds: () => Promise<Need[]>,
    refusal: (role: string, missing: Need) => Ec2Error,
  ): Promise<Need[]> {
    const caller = app === undefined ? undefined : await this.#caller(app);
    if (!caller) return [];
    const needs = await readNeeds();
    for (const need of needs) {
      const allowed = await isAllowed(caller.session, requestOf(need), { identity: caller.policies });
      if (!allowed) throw refusal(caller.role, need);
    }
    return needs;
  }

  async #needs(action: string, parameters: Parameters): Promise<Need[]> {
    const { clients, world, region } = this.#deps;
    if (action.startsWith("Describe")) return [anything(action)];
    const home: Home = { region, accountId: await readAccountId(clients) };
    if (action === "RunInstances") return launchNeeds(clients, home, parameters);
    if (changesProfile(action)) return profileNeeds(clients, home, world, action, parameters);
    if (action === "ModifyNetworkInterfaceAttribute") return interfaceNeeds(home, world, action, parameters);
    const type = newResource[action];
    return [
      ...(type ? creationNeeds(home, action, type, parameters) : []),
      ...existingNeeds(home, world, action, parameters),
    ];
  }

  async #caller(app: string): Promise<Caller | undefined> {
    const known = this.#callers.get(app);
    if (known && known.readAt > Date.now() - rememberMs) return known;
    const who = known ?? (await this.#find(app));
    if (!who) return undefined;
    const documents = await rolePolicies(this.#deps.clients.iam, who.role);
    const policies = documents.map(({ document }) => JSON.parse(document));
    const caller = { role: who.role, session: who.session, policies, readAt: Date.now() };
    this.#callers.set(app, caller);
    return caller;
  }

  async #find(app: string): Promise<Pick<Caller, "role" | "session"> | undefined> {
    for await (const { Functions = [] } of paginateListFunctions({ client: this.#deps.lambda }, {})) {
      const task = Functions.find(({ Environment }) => Environment?.Variables?.AWS_SDK_UA_APP_ID === app);
      if (task?.Role) return this.#identify(task.Role, task.FunctionName ?? app);
    }
    return undefined;
  }

  /** Lambda names a session after its function. */
  async #identify(roleArn: string, functionName: string): Promise<Pick<Caller, "role" | "session">> {
    const role = roleArn.split("/").at(-1) ?? "";
    const { Role } = await this.#deps.clients.iam.send(new GetRoleCommand({ RoleName: role }));
    return { role, session: { roleArn, roleId: Role?.RoleId ?? "", name: functionName } };
  }
}

/** Role, action, resource and the known condition keys. */
export const describeDenial = (role: string, { action, resource, context }: Need): string => {
  const known = Object.entries(context)
    .map(([key, values]) => `${key}=${values.join(",")}`)
    .join(" ");
  return `Role ${role} may not ${action} on ${resource}${known ? ` (${known})` : ""}`;
};

const unauthorised = (role: string, missing: Need): Ec2Error =>
  new Ec2Error(
    "UnauthorizedOperation",
    `You are not authorized to perform this operation. ${describeDenial(role, missing)}`,
    403,
  );
