// Who is calling, by what stays the same from one session to the next: a key that was sent in one is known in another.
import type { APIGatewayProxyEventV2 } from "aws-lambda";

interface Authorizer {
  iam?: {
    userArn?: string;
    /** of an identity pool, whose users all share one role and its session's name */
    cognitoIdentity?: { identityId?: string } | null;
  };
  jwt?: { claims?: { iss?: unknown; sub?: unknown } };
}

/** As the authorizer says, IAM or JWT. */
export const callerOf = ({ requestContext }: APIGatewayProxyEventV2): string => {
  const { iam, jwt } = (requestContext as { authorizer?: Authorizer }).authorizer ?? {};
  if (!iam?.userArn) return JSON.stringify([jwt?.claims?.iss, jwt?.claims?.sub]);
  const identityId = iam.cognitoIdentity?.identityId;
  const role = withoutSession(iam.userArn);
  return identityId ? JSON.stringify([role, identityId]) : role;
};

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`: whoever assumes the role chooses the session's name. */
const withoutSession = (arn: string): string =>
  arn.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, "$1");
