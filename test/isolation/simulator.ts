// AWS's own decision about a request, made offline: identity policies, resource policies, conditions and variables.
import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import type { Policy, StagePolicies } from "./policies.ts";

export interface Request {
  action: string;
  /** ARN, or `*` where the action knows no resources */
  resource: string;
  /** What the request carries, by condition key; the caller's identity is added. */
  context?: Record<string, string | string[]>;
}

export interface Principal {
  /** Name of a role of the stage. */
  role: string;
  /** For a machine, its instance id: EC2 names the session so. */
  session: string;
}

/**
 * The simulator takes `kms:EncryptionContext:<any key>` for a key that AWS does not have, and drops it from requests.
 * On both sides, in policies and in requests, a key that it does pass on stands in for it.
 */
const withStandIn = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value).replaceAll("kms:EncryptionContext:", "aws:RequestTag/kms:EncryptionContext:"),
  );

/** @throws Error where the request is none that AWS could see: an unknown action, or a key that it never has there */
export async function isAllowed(
  stage: StagePolicies,
  principal: Principal,
  request: Request,
): Promise<boolean> {
  const outcome = await runSimulation(withStandIn(simulationOf(stage, principal, request)), {});
  const what = `${principal.role}: ${request.action} on ${request.resource}`;
  if (outcome.resultType === "error") throw new Error(`${what}: ${JSON.stringify(outcome.errors)}`);
  const ignored = outcome.resultType === "single" ? (outcome.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new Error(`${what}: AWS has no ${ignored.join(", ")} there`);
  return outcome.overallResult === "Allowed";
}

function simulationOf(
  stage: StagePolicies,
  { role: name, session }: Principal,
  request: Request,
): Simulation {
  const role = stage.roles[name];
  if (!role) throw new Error(`no role ${name}; there are ${Object.keys(stage.roles).join(", ")}`);
  const { action, resource, context } = request;
  const resourcePolicy = resourcePolicyOf(stage, request);
  return {
    request: {
      principal: `${role.arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${session}`,
      action,
      resource: { resource, accountId: stage.home.account },
      contextVariables: {
        "aws:userid": `${role.id}:${session}`,
        "aws:PrincipalArn": role.arn,
        "aws:PrincipalAccount": stage.home.account,
        ...context,
      },
    },
    identityPolicies: role.policies.map((policy, index) => ({ name: String(index), policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy && { resourcePolicy }),
  };
}

function resourcePolicyOf(stage: StagePolicies, { action, resource }: Request): Policy | undefined {
  if (action !== "sts:AssumeRole") return stage.resourcePolicies[resource];
  return Object.values(stage.roles).find(({ arn }) => arn === resource)?.trust;
}
