// What a role may do, together with why it names more than single resources: the security rules ask for that.
import { Stack, Validations } from "aws-cdk-lib";
import { type IRole, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { arnInFinding } from "../arn.ts";

export interface Permission {
  actions: string[];
  resources: string[];
  conditions?: Record<string, Record<string, string | string[]>>;
  /** Needed where a resource ends in `*`. */
  whyMany?: string;
}

/** Grants to the role, and records on `owner`, in which the role is, why a wildcard is right there. */
export const grant = (owner: Construct, role: IRole, permissions: readonly Permission[]): void => {
  for (const { whyMany, ...statement } of permissions) {
    role.addToPrincipalPolicy(new PolicyStatement(statement));
    if (whyMany) explainWildcards(owner, statement.resources, whyMany);
  }
};

/** For statements that CDK itself adds to a role in `owner`. */
export const explainWildcards = (owner: Construct, resources: readonly string[], reason: string): void => {
  for (const resource of resources) {
    const found = arnInFinding(Stack.of(owner), resource);
    if (!found.includes("*")) continue;
    Validations.of(owner).acknowledge({ id: `AwsSolutions-IAM5[Resource::${found}]`, reason });
  }
};
