// IAM's decision about a request, as AWS makes it: identity policies, a resource's own policy, conditions, variables.
import {
  runSimulation,
  type Simulation,
  type SuccessfulRunSimulationResults,
} from "@cloud-copilot/iam-simulate";

export interface Request {
  action: string;
  /** ARN, or `*` where the action knows no resources */
  resource: string;
  /** What the request carries, by condition key; the caller's identity is added. */
  context?: Record<string, string | string[]>;
}

/** A session of a role, as whoever assumes it calls. */
export interface Session {
  roleArn: string;
  /** AROA… */
  roleId: string;
  /** For a machine its instance id, for a Lambda its function's name. */
  name: string;
}

/** Policy documents, parsed. */
export interface Policies {
  /** All of the role, inline and managed. */
  identity: readonly object[];
  /** The resource's own; where the resource is a role, its trust. */
  resource?: object | undefined;
}

/**
 * The simulator takes `kms:EncryptionContext:<any key>` for a key that AWS does not have, and drops it from requests.
 * On both sides, in policies and in requests, a key that it does pass on stands in for it.
 */
const withStandIn = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value).replaceAll("kms:EncryptionContext:", "aws:RequestTag/kms:EncryptionContext:"),
  );

/**
 * @throws Error where a policy is none that AWS would accept, or the request none that AWS could see: an unknown action,
 * or a condition key that it never has there
 */
export const isAllowed = async (session: Session, request: Request, policies: Policies): Promise<boolean> => {
  const outcome = await runSimulation(withStandIn(simulationOf(session, request, policies)), {});
  const what = `${session.roleArn}: ${request.action} on ${request.resource}`;
  if (outcome.resultType === "error") throw new Error(`${what}: ${JSON.stringify(outcome.errors)}`);
  const ignored = outcome.resultType === "single" ? (outcome.result.ignoredContextKeys ?? []) : [];
  const unknown = [...ignored, ...unknownOperators(outcome)];
  if (unknown.length > 0) throw new Error(`${what}: AWS has no ${unknown.join(", ")} there`);
  return outcome.overallResult === "Allowed";
};

/** To the simulator an operator that it does not know is a condition that is not met: a denial with one would be lost. */
const unknownOperators = (outcome: SuccessfulRunSimulationResults): string[] => {
  const results = outcome.resultType === "single" ? [outcome.result] : outcome.results;
  return results
    .flatMap(({ analysis: { identityAnalysis, resourceAnalysis } }) => [identityAnalysis, resourceAnalysis])
    .flatMap((part) => (part ? [part.allowStatements, part.denyStatements, part.unmatchedStatements] : []))
    .flat()
    .flatMap(({ explain }) => explain.conditions ?? [])
    .flatMap(({ operator, missingOperator }) => (missingOperator ? [operator] : []));
};

const accountIn = (arn: string): string => arn.split(":")[4] ?? "";

const simulationOf = (
  { roleArn, roleId, name }: Session,
  request: Request,
  policies: Policies,
): Simulation => {
  const account = accountIn(roleArn);
  return {
    request: {
      principal: `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/${name}`,
      action: request.action,
      // A resource whose ARN names no account, an image for one, counts as the caller's own.
      resource: { resource: request.resource, accountId: accountIn(request.resource) || account },
      contextVariables: {
        "aws:userid": `${roleId}:${name}`,
        "aws:PrincipalArn": roleArn,
        "aws:PrincipalAccount": account,
        ...request.context,
      },
    },
    identityPolicies: policies.identity.map((policy, index) => ({ name: String(index), policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: policies.resource,
  };
};
