// IAM's decision about a request of one of a stage's roles.
import { type Request, isAllowed as sessionIsAllowed } from "../../local/iam/decision.ts";
import type { Policy, StagePolicies } from "./policies.ts";

export interface Principal {
  /** Name of a role of the stage. */
  role: string;
  /** For a machine, its instance id: EC2 names the session so. */
  session: string;
}

/** @throws Error where the request is none that AWS could see: an unknown action, or a key that it never has there */
export const isAllowed = async (
  stage: StagePolicies,
  { role: name, session }: Principal,
  request: Request,
): Promise<boolean> => {
  const role = stage.roles[name];
  if (!role) throw new Error(`no role ${name}; there are ${Object.keys(stage.roles).join(", ")}`);
  return sessionIsAllowed({ roleArn: role.arn, roleId: role.id, name: session }, request, {
    identity: role.policies,
    resource: resourcePolicyOf(stage, request),
  });
};

const resourcePolicyOf = (stage: StagePolicies, { action, resource }: Request): Policy | undefined => {
  if (action !== "sts:AssumeRole") return stage.resourcePolicies[resource];
  return Object.values(stage.roles).find(({ arn }) => arn === resource)?.trust;
};
