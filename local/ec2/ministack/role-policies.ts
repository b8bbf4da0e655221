// All policies of a role, inline and managed, as the documents that they are.
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";

export interface RolePolicy {
  name: string;
  /** JSON */
  document: string;
}

/** IAM answers policy documents URL-encoded. */
const decode = (document: string | undefined): string => decodeURIComponent(document ?? "{}");

const inlinePolicies = async (iam: IAMClient, role: string): Promise<RolePolicy[]> => {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  return Promise.all(
    PolicyNames.map(async (name) => {
      const { PolicyDocument } = await iam.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
      );
      return { name, document: decode(PolicyDocument) };
    }),
  );
};

const managedPolicies = async (iam: IAMClient, role: string): Promise<RolePolicy[]> => {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role }));
  return Promise.all(
    AttachedPolicies.map(async ({ PolicyArn, PolicyName = "" }) => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
      const version = { PolicyArn, VersionId: Policy?.DefaultVersionId };
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand(version));
      return { name: `managed-${PolicyName}`, document: decode(PolicyVersion?.Document) };
    }),
  );
};

export const rolePolicies = async (iam: IAMClient, role: string): Promise<RolePolicy[]> => {
  return (await Promise.all([inlinePolicies(iam, role), managedPolicies(iam, role)])).flat();
};
